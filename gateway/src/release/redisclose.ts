import {
  bindingRef,
  decisionKey,
  deletionKey,
  formatCanonical,
  formatInstant,
  formatUtf8,
  newError as newLedgerError,
  recipientPreimage,
  redisclosureKey,
  redisclosureNoticeRef,
  redisclosureRef,
  type Decision,
  type Deletion,
  type Instant,
  type MspId,
  type Organisation,
  type Purpose,
  type RedisclosureId,
  type RelationEntry,
  type Salt,
  type TransientInput,
} from '@medaccord/chaincode/model';
import { commit, PATIENT, seal, sealingPublicKeyOf, type SigningKey } from '../crypto';
import type { LedgerIdentity } from '../ledger/ledger';
import type { Transactions } from '../ledger/transactions';
import { newError, readCode } from '../problem';
import { findSealingKey } from '../sealed/find-sealing-key';
import { findEndingOf, type Fact, type Facts, type LocalKey, type Projector } from '../store';
import { readDecided, type DeliveredOptions } from './delivered';
import type { DecisionOpening, RedisclosureOpening } from './openings';
import { signDeletion } from './sign-deletion';

export interface RedisclosureOptions extends DeliveredOptions {
  readonly transactions: Transactions;
  readonly projector: Pick<Projector, 'waitFor' | 'waitForBlock'>;
  readonly store: { readonly key: LocalKey };
  readonly signing: SigningKey;
}

/** What staff say before they pass records of a release on. */
export interface RedisclosureWish {
  readonly operation: string;
  readonly requestId: string;
  /** Whom to, in words; sealed to custodian, patient and this organisation. */
  readonly recipient: string;
  readonly purpose: Purpose;
  /** Which records; all of them when it is not said. */
  readonly records: readonly string[] | undefined;
  readonly identity: LedgerIdentity;
}

export interface Recorded {
  readonly transactionId: string;
  readonly block: number;
  readonly at: Instant;
}

/**
 * Puts on the ledger that records of a release are passed on; only then they may be. Repeating the operation is the same redisclosure.
 * @throws CodedError RESOURCE_NOT_FOUND, RELEASE_NOT_READY; REDISCLOSURE_FORBIDDEN, RELEASE_ENDED, RELEASE_NOT_PERMITTED
 */
export async function redisclose(
  options: RedisclosureOptions,
  wish: RedisclosureWish,
): Promise<Recorded & { readonly redisclosureId: RedisclosureId }> {
  const { facts, transactions, store } = options;
  const { operation, purpose, recipient, identity } = wish;
  const { decision, relation } = findReleased(options, wish.requestId);
  const { relationRef, requestId } = decision;
  const redisclosureId = store.key.name('redisclosure', operation) as RedisclosureId;
  const recipientSalt = Buffer.from(store.key.name('recipient-salt', operation), 'base64url').subarray(0, 16).toString('base64url') as Salt;
  const decided = await readDecided(options, decision);
  const redisclosed = placesOf(decided.records, wish.records);
  const records = redisclosed.flatMap((place) => decided.records[place] ?? []);
  const opening = { redisclosureId, recipient, recipientSalt, records, recordsSalt: decided.recordsSalt };
  const consentVersion = facts.findConsent(relationRef)?.newest ?? 1;
  const { transactionId, block, result } = await transactions.submit(
    'RecordRedisclosure',
    {
      ...{ relationRef, requestId, redisclosureId, purpose, consentVersion },
      recipient: await commit(recipientPreimage(recipient, recipientSalt)),
    },
    {
      operation: `redisclose/${relationRef}/${redisclosureId}`,
      organisations: [relation.counterparty, relation.custodian],
      identity,
      mayLag: true,
      input: {
        records: decided.records,
        recordsSalt: decided.recordsSalt,
        redisclosed,
        binding: await readBinding(options, relation),
        sealed: await sealOpening(facts, relation, opening),
      },
    },
  );
  await options.projector.waitForBlock(block);
  return { redisclosureId, transactionId, block, at: result.at };
}

/** That the recipient of a redisclosure was told to delete what it got. */
export interface Acknowledgement {
  readonly requestId: string;
  readonly redisclosureId: string;
  readonly told: Instant;
  readonly identity: LedgerIdentity;
}

/**
 * Puts an acknowledgement on the ledger, after the patient ended the release; once, and a repeat is answered the same.
 * @throws CodedError RESOURCE_NOT_FOUND; DELETION_NOT_DUE, DELETION_ALREADY_MADE
 */
export async function acknowledge(options: RedisclosureOptions, acknowledgement: Acknowledgement): Promise<Recorded> {
  const { facts, mspId, transactions, signing, projector } = options;
  const { redisclosureId, told, identity } = acknowledgement;
  const { decision } = findReleased(options, acknowledgement.requestId);
  const { relationRef, requestId } = decision;
  if (facts.findKey(redisclosureKey(relationRef, mspId, requestId, redisclosureId as RedisclosureId)) === undefined)
    throw newError('RESOURCE_NOT_FOUND', 'This release has no such redisclosure');
  const find = (): Fact<Deletion> | undefined => facts.findKey<Deletion>(deletionKey(relationRef, mspId, requestId, redisclosureId));
  const ending = findEndingOf(facts, decision, formatInstant(Date.now()));
  if (ending === undefined) throw newLedgerError('DELETION_NOT_DUE', { relationRef, requestId });
  if (find() === undefined) {
    const deletion = await signDeletion(decision, ending, { of: redisclosureId, parts: 0, told }, signing);
    const options = { operation: `acknowledge/${relationRef}/${redisclosureId}`, identity, mayLag: true };
    await transactions.submit('RecordDeletion', { deletion }, options).catch((error: unknown) => {
      // An earlier one is on its way to the read model.
      if (readCode(error) !== 'OPERATION_CHANGED' && readCode(error) !== 'DELETION_ALREADY_MADE') throw error;
    });
  }
  const recorded = await projector.waitFor(find, 10_000);
  if (recorded === undefined) throw newError('READ_MODEL_STALE', 'The acknowledgement is committed, but not visible here yet');
  if (recorded.value.told !== told) throw newLedgerError('DELETION_ALREADY_MADE', { relationRef, requestId });
  return { transactionId: recorded.transactionId, block: recorded.block, at: recorded.value.at };
}

function findReleased({ facts, mspId }: RedisclosureOptions, requestId: string): { decision: Decision; relation: RelationEntry } {
  const request = facts.findRequest(mspId, requestId)?.value;
  const decision = request && facts.findKey<Decision>(decisionKey(request.relationRef, mspId, request.requestId))?.value;
  const relation = request && facts.find<RelationEntry>('relation', request.relationRef)?.value;
  if (decision?.outcome !== 'released' || relation === undefined)
    throw newError('RESOURCE_NOT_FOUND', 'This organisation has no such release');
  return { decision, relation };
}

/** Says whose relation it is, to the custodian that knows it too. */
async function readBinding({ sealed }: RedisclosureOptions, { relationRef }: RelationEntry): Promise<string> {
  const text = await sealed.openText(bindingRef(relationRef));
  if (text === undefined) throw newError('RELEASE_NOT_READY', 'Whose relation this is has not arrived yet; ask again');
  return text;
}

type Sealed = TransientInput<'RecordRedisclosure'>['sealed'];

function placesOf(records: DecisionOpening['records'], wanted: readonly string[] | undefined): readonly number[] {
  if (wanted === undefined) return records.map((_, place) => place);
  return wanted.map((recordId) => {
    const place = records.findIndex((record) => record.recordId === recordId);
    if (place < 0) throw newError('RESOURCE_NOT_FOUND', 'The release has no such record');
    return place;
  });
}

async function sealOpening(facts: Facts, relation: RelationEntry, opening: RedisclosureOpening): Promise<Sealed> {
  const plain = formatUtf8(formatCanonical(opening));
  const place = redisclosureRef(relation.relationRef, opening.redisclosureId);
  const sealTo = (mspId: MspId): Promise<string> => {
    const organisation = facts.find<Organisation>('organisation', mspId)?.value;
    if (organisation === undefined) throw newError('ORGANISATION_NOT_FOUND', 'A side of this relation has not registered its keys');
    return seal(findSealingKey(organisation.encryption), { ...place, recipient: mspId }, plain);
  };
  const notice = { ...redisclosureNoticeRef(relation.relationRef, opening.redisclosureId), recipient: PATIENT };
  return {
    custodian: await sealTo(relation.custodian),
    counterparty: await sealTo(relation.counterparty),
    patient: await seal(sealingPublicKeyOf(relation.keys.sealing), notice, plain),
  };
}
