import {
  protocolPreimage,
  type Digest,
  type MspId,
  type Period,
  type Purpose,
  type Salt,
  type Study,
  type StudyId,
} from '@medaccord/chaincode/model';
import { commit } from '../crypto';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError } from '../problem';
import type { ProofOptions, Recorded } from './proof-options';

export interface StudyWish {
  readonly operation: string;
  readonly sponsors: readonly MspId[];
  readonly purposes: readonly Purpose[];
  readonly validity: Period;
  /** SHA-256 of the protocol document. */
  readonly protocol: Digest;
  /** Of the person who approves. */
  readonly identity: LedgerIdentity;
}

/** What opens a study's commitment beside the protocol itself; for the sponsor and the patients, never public. */
export type Approved = Recorded<Study> & { readonly protocolSalt: Salt };

/**
 * Approves a study in the name of this organisation, an authority by the consortium rules.
 * @throws CodedError CALLER_NOT_AUTHORITY and others
 */
export async function approveStudy({ mspId, store, transactions, projector }: ProofOptions, wish: StudyWish): Promise<Approved> {
  const { operation, sponsors, purposes, validity, protocol, identity } = wish;
  const studyId = store.key.name('study', JSON.stringify([mspId, operation])) as StudyId;
  // Follows from the operation, so that a repeat approves the very same.
  const salt = Buffer.from(store.key.name('protocol-salt', operation), 'base64url').subarray(0, 16).toString('base64url') as Salt;
  const request = { studyId, sponsors, purposes, validity, protocol: await commit(protocolPreimage(protocol, salt)) };
  const { result, transactionId, block } = await transactions.submit('ApproveStudy', request, { operation: `study/${studyId}`, identity });
  await projector.waitForBlock(block);
  return { ...result, transactionId, block, protocolSalt: salt };
}

/**
 * Ends a study that this organisation approved; ending it again changes nothing.
 * @throws CodedError RESOURCE_NOT_FOUND, STUDY_NOT_OWN and others
 */
export async function endStudy(
  { store, transactions, projector }: ProofOptions,
  { studyId, identity }: { readonly studyId: StudyId; readonly identity: LedgerIdentity },
): Promise<Recorded<Study>> {
  if (store.facts.find('study', studyId) === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such study is on the ledger');
  const operation = `end-study/${studyId}`;
  const { result, transactionId, block } = await transactions.submit('EndStudy', { studyId }, { operation, identity, mayLag: true });
  await projector.waitForBlock(block);
  return { ...result, transactionId, block };
}
