import { peer } from '@hyperledger/fabric-protos';
import { LedgerRefusal } from '../ledger-refusal';
import type { PeerConnection } from '../peer-connection';
import { submitTransaction } from '../submit-transaction';
import { waitUntil } from '../wait-until';
import { assertApprovable, newNotReady } from './definition-errors';
import { fillMessage, type NamedDefinition } from './definition-messages';
import { queryCommitted, queryReadinessElsewhere } from './definition-queries';
import { readMembers } from './member-readiness';

const SEEN_WITHIN_MS = 10_000;

/**
 * Commits a definition that enough members have approved: the channel's policy `LifecycleEndorsement` says how many, and each endorses with
 * its peer that it did. Its own gateway finds them, and hands the transaction to all orderers at once.
 * @returns the id of the transaction; undefined when just this was committed before.
 * @throws LifecycleError DEFINITION_NOT_READY with where each member stands, DEFINITION_DIFFERS; LedgerRefusal
 */
export async function commitDefinition(
  connection: PeerConnection,
  channel: string,
  definition: NamedDefinition,
): Promise<string | undefined> {
  if (await isCommitted(connection, channel, definition)) return undefined;
  const members = await readMembers([connection], channel, definition);
  const approving = members.filter(({ approved }) => approved).map(({ mspId }) => mspId);
  if (!approving.includes(connection.mspId)) throw newNotReady(definition, members);
  await untilSeenByAll(connection, channel, definition, approving);
  try {
    const { transactionId } = await submitTransaction(connection, {
      channel,
      chaincode: '_lifecycle',
      transaction: 'CommitChaincodeDefinition',
      arguments: [fillMessage(new peer.lifecycle.CommitChaincodeDefinitionArgs(), definition).serializeBinary()],
    });
    return transactionId;
  } catch (error) {
    if (!(error instanceof LedgerRefusal) || error.code !== 'LEDGER_REFUSED') throw error;
    // Another member may have committed it in the meantime.
    if (await isCommitted(connection, channel, definition)) return undefined;
    throw newNotReady(definition, await readMembers([connection], channel, definition), error);
  }
}

/** Endorsers compare what each has read itself: a peer that is an approval behind would spoil the commit. One that does not answer takes no part. */
async function untilSeenByAll(
  connection: PeerConnection,
  channel: string,
  definition: NamedDefinition,
  approving: readonly string[],
): Promise<void> {
  const others = approving.filter((mspId) => mspId !== connection.mspId);
  await waitUntil(SEEN_WITHIN_MS, async () => {
    const views = await Promise.all(others.map((mspId) => queryReadinessElsewhere(connection, channel, definition, mspId)));
    return views.every((view) => view === undefined || approving.every((mspId) => view.approvals[mspId] === true));
  });
}

async function isCommitted(connection: PeerConnection, channel: string, definition: NamedDefinition): Promise<boolean> {
  const committed = await queryCommitted(connection, channel, definition.name);
  assertApprovable(definition, committed);
  return committed?.sequence === definition.sequence;
}
