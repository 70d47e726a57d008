import { deployDefinition } from '../../lifecycle';
import { newChaincodePackage } from '../../lifecycle/package';
import type { Topology } from '../../topology';
import type { BuiltChaincode, Deployment } from '../ledger-engine';
import { untilEndorsed } from './until-endorsed';

/** Brings the chaincode onto the channel, and waits until every organisation's peer plans endorsements for it and gets them. */
export async function deployChaincode(topology: Topology, chaincode: BuiltChaincode): Promise<Deployment> {
  const deployment = await deployDefinition(topology, { package: newChaincodePackage(chaincode), version: chaincode.version });
  await Promise.all(topology.organisations.map((organisation) => untilEndorsed(topology, organisation)));
  return deployment;
}
