import { agreeOnDefinition, type WaitForOthers } from '../../lifecycle';
import { newChaincodePackage } from '../../lifecycle/package';
import type { Organisation, Topology } from '../../topology';
import type { BuiltChaincode, ChaincodePort, Deployment } from '../ledger-engine';
import { pointToChaincode } from './chaincode-connection';
import { isEndorsed } from './until-endorsed';

export interface OwnRelease {
  readonly chaincode: BuiltChaincode;
  readonly port: ChaincodePort;
}

/**
 * Brings the chaincode onto one member's peer, approves its definition for that member, and waits until the channel has it and the peer gets
 * endorsements for it from members that its policy asks for.
 */
export async function deployOwnChaincode(
  topology: Topology,
  organisation: Organisation,
  { chaincode, port }: OwnRelease,
  waitForOthers: WaitForOthers,
): Promise<Deployment> {
  const release = newChaincodePackage(chaincode);
  pointToChaincode(topology, organisation, { packageId: release.packageId, port });
  const wanted = { package: release, version: chaincode.version };
  const deployment = await agreeOnDefinition(topology, organisation, wanted, waitForOthers);
  await waitForOthers(async () => ((await isEndorsed(topology, organisation)) ? undefined : 'no endorsement'));
  return deployment;
}
