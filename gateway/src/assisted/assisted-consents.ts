import type { ConsentEnd, ConsentNotice, EndId, MspId, NoticeChannel, RelationEntry, RelationRef } from '@medaccord/chaincode/model';
import type { LedgerIdentity } from '../ledger/ledger';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import type { Projector, Store } from '../store';
import { newPseudonym } from './witness';

export interface AssistedOptions {
  readonly mspId: MspId;
  readonly store: Pick<Store, 'facts' | 'key'>;
  readonly transactions: Transactions;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

/** An entry with the transaction that wrote it. */
type Recorded<T> = T & { readonly transactionId: string; readonly block: number };

export interface NoticeGiven {
  readonly relationRef: RelationRef;
  readonly version: number;
  readonly channel: NoticeChannel;
  /** The person who told the patient. */
  readonly subject: string;
  readonly identity: LedgerIdentity;
}

/**
 * Puts on record that the patient was told of a version of her assisted consent: it counts after the delay of the rules. By another person
 * of the custodian than the witness.
 * @throws CodedError RELATION_UNKNOWN, NOT_THE_CUSTODIAN, NOTICE_BY_WITNESS, NOTICE_NOT_DUE and others
 */
export async function recordNotice(options: AssistedOptions, given: NoticeGiven): Promise<Recorded<ConsentNotice>> {
  const { mspId, store, transactions, projector } = options;
  const { relationRef, version, channel, subject, identity } = given;
  if (findRelation(options, relationRef).custodian !== mspId) throw newError('NOT_THE_CUSTODIAN', 'The custodian tells its own patients');
  const person = newPseudonym(store.key, subject)(relationRef);
  const { result, transactionId, block } = await transactions.submit(
    'RecordNotice',
    { relationRef, version, channel, person },
    { operation: `notice/${relationRef}/${String(version)}/${channel}/${person}`, identity, mayLag: true },
  );
  await projector.waitForBlock(block);
  return { ...result, transactionId, block };
}

/**
 * Ends, on the patient's word, all that an assisted consent permits, whatever member's registrar she tells.
 * @throws CodedError RELATION_UNKNOWN, RELATION_NOT_ASSISTED, CONSENT_NOT_CURRENT when another version came meanwhile
 */
export async function endConsent(
  options: AssistedOptions,
  {
    operation,
    relationRef,
    identity,
  }: { readonly operation: string; readonly relationRef: RelationRef; readonly identity: LedgerIdentity },
): Promise<Recorded<ConsentEnd>> {
  const { store, transactions, projector } = options;
  findRelation(options, relationRef);
  const version = store.facts.findConsent(relationRef)?.newest ?? 1;
  const endId = store.key.name('consent-end', operation) as EndId;
  const { result, transactionId, block } = await transactions.submit(
    'EndAssistedConsent',
    { relationRef, version, endId },
    { operation: `end-consent/${relationRef}/${endId}/${String(version)}`, identity, mayLag: true },
  );
  await projector.waitForBlock(block);
  return { ...result, transactionId, block };
}

function findRelation({ store }: AssistedOptions, relationRef: RelationRef): RelationEntry {
  const relation = store.facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is on the ledger');
  return relation;
}
