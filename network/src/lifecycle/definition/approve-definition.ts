import { peer } from '@hyperledger/fabric-protos';
import { LedgerRefusal } from '../ledger-refusal';
import { LifecycleError } from '../lifecycle-error';
import type { PeerConnection } from '../peer-connection';
import { submitTransaction } from '../submit-transaction';
import { compareTerms } from './definition';
import { fillMessage, type NamedDefinition } from './definition-messages';
import { queryApproved, queryCommitted, queryReadiness } from './definition-queries';
import { assertApprovable } from './definition-errors';

const { lifecycle } = peer;

/** Two runs at once: what the other one wrote is what this one wants. */
const UNCHANGED = /attempted to redefine the current committed sequence \(\d+\) for namespace \S+$|with unchanged content/m;
const HINT =
  'A definition keeps the collections that it had, each with its blockToLive. If that is not it, look at the log of the organisation’s own peer.';

/**
 * Approves a definition for the connection's organisation, with the package that its peers shall run for it. For a definition that is committed
 * already it names another package, which counts at once. Endorsed by the organisation's own peer alone: what it approves is its own
 * private data.
 * @returns the id of the transaction; undefined when just this was approved before.
 * @throws LifecycleError DEFINITION_DIFFERS when that sequence is taken or too far ahead, APPROVAL_LOST; LedgerRefusal
 */
export async function approveDefinition(
  connection: PeerConnection,
  channel: string,
  definition: NamedDefinition,
  packageId: string,
): Promise<string | undefined> {
  assertApprovable(definition, await queryCommitted(connection, channel, definition.name));
  if (await isApproved(connection, channel, definition, packageId)) return undefined;
  try {
    const { transactionId } = await submitTransaction(connection, {
      channel,
      chaincode: '_lifecycle',
      transaction: 'ApproveChaincodeDefinitionForMyOrg',
      arguments: [newApproval(definition, packageId).serializeBinary()],
      endorsers: [connection.mspId],
      hint: HINT,
    });
    return transactionId;
  } catch (error) {
    if (error instanceof LedgerRefusal && UNCHANGED.test(error.message)) return undefined;
    throw error;
  }
}

/** Of an approval that the peer has lost the ledger still tells whether it was this definition; with which package, nobody knows. */
async function isApproved(connection: PeerConnection, channel: string, definition: NamedDefinition, packageId: string): Promise<boolean> {
  try {
    const approved = await queryApproved(connection, channel, definition.name, definition.sequence);
    return approved?.packageId === packageId && compareTerms(definition.terms, approved.terms).length === 0;
  } catch (error) {
    if (!(error instanceof LifecycleError) || error.code !== 'APPROVAL_LOST') throw error;
    const { approvals } = await queryReadiness(connection, channel, definition);
    if (approvals[connection.mspId] !== true) throw error;
    return true;
  }
}

function newApproval(definition: NamedDefinition, packageId: string): peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs {
  const local = new lifecycle.ChaincodeSource.Local();
  local.setPackageId(packageId);
  const source = new lifecycle.ChaincodeSource();
  source.setLocalPackage(local);
  const approval = fillMessage(new lifecycle.ApproveChaincodeDefinitionForMyOrgArgs(), definition);
  approval.setSource(source);
  return approval;
}
