import { deployDefinition } from '../../lifecycle';
import { newChaincodePackage } from '../../lifecycle/package';
import type { Topology } from '../../topology';
import type { BuiltChaincode, ChaincodePort, Deployment } from '../ledger-engine';
import { pointToChaincode } from './chaincode-connection';
import { untilEndorsed } from './until-endorsed';

/** Brings the chaincode onto the channel, and waits until every organisation's peer plans endorsements for it and gets them. */
export async function deployChaincode(topology: Topology, chaincode: BuiltChaincode, port: ChaincodePort): Promise<Deployment> {
  const release = newChaincodePackage(chaincode);
  for (const organisation of topology.organisations) pointToChaincode(topology, organisation, { packageId: release.packageId, port });
  const deployment = await deployDefinition(topology, { package: release, version: chaincode.version });
  await Promise.all(topology.organisations.map((organisation) => untilEndorsed(topology, organisation)));
  return deployment;
}
