import type { Gateway, Network } from '@hyperledger/fabric-gateway';
import { connectGateway, type ClientSpec, type GatewayClient } from '../support/gateway-client';
import type { Signer } from '../conformance/re-signed-recording';
import type { NodeOu } from '../../src';
import { ChainWatch } from './chain-watch';

export interface ScriptLedgerSpec {
  /** For people. */
  readonly name: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly clients: readonly ClientSpec[];
  /** Signs as the peer or client of an organisation, for transactions that are crafted. */
  readonly signer: (mspId: string, role: NodeOu) => Signer;
  /** Orders everything that the work submits in one block, where the ledger can be told so. */
  readonly inOneBlock?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A ledger that scripts run on: a stock client at each organisation's gateway, and the chain followed at each peer. */
export class ScriptLedger {
  readonly watch = new ChainWatch();
  readonly #clients = new Map<string, GatewayClient>();

  constructor(readonly spec: ScriptLedgerSpec) {
    for (const client of spec.clients) this.#clients.set(client.mspId, connectGateway(client));
  }

  async start(): Promise<void> {
    const networks = this.mspIds.map((mspId) => this.network(mspId));
    await this.watch.start(networks, this.spec.chaincode);
  }

  get mspIds(): readonly string[] {
    return this.spec.clients.map(({ mspId }) => mspId);
  }

  gateway(mspId: string): Gateway {
    const client = this.#clients.get(mspId);
    if (client === undefined) throw new Error(`no client of ${mspId}`);
    return client.gateway;
  }

  network(mspId: string): Network {
    return this.gateway(mspId).getNetwork(this.spec.channel);
  }

  inOneBlock<T>(work: () => Promise<T>): Promise<T> {
    return this.spec.inOneBlock === undefined ? work() : this.spec.inOneBlock(work);
  }

  close(): void {
    this.watch.close();
    for (const client of this.#clients.values()) client.close();
  }
}
