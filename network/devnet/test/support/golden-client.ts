import type { Contract, Gateway, Network } from '@hyperledger/fabric-gateway';
import type { CertifiedKey, DevnetOrganisation } from '../../src';
import { connectGateway } from './gateway-client';

/** A stock gateway client of one organisation's endpoint, with the golden chaincode at hand. */
export interface TestClient {
  readonly gateway: Gateway;
  readonly network: Network;
  readonly contract: Contract;
  close(): void;
}

export function connectClient(organisation: DevnetOrganisation, identity: CertifiedKey): TestClient {
  const client = connectGateway({ ...organisation, ...identity });
  const network = client.gateway.getNetwork('main');
  return { gateway: client.gateway, network, contract: network.getContract('golden'), close: () => client.close() };
}

/** The script of the golden chaincode, as its one argument. */
export function script(...operations: readonly (readonly unknown[])[]): string {
  return JSON.stringify(operations);
}

export function parse(result: Uint8Array): unknown {
  return JSON.parse(Buffer.from(result).toString('utf8'));
}
