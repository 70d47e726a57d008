import {
  askPreimage,
  askRef,
  formatCanonical,
  formatUtf8,
  unitPreimage,
  type Ask,
  type Category,
  type Commitment,
  type Emergency,
  type MspId,
  type Organisation,
  type Proof,
  type Purpose,
  type RelationEntry,
  type RelationRef,
  type RequestId,
  type RequestingPerson,
  type Salt,
} from '@medaccord/chaincode/model';
import { commit, seal } from '../crypto';
import type { LedgerIdentity } from '../ledger/ledger';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import { findSealingKey } from '../sealed/find-sealing-key';
import type { Mailer } from '../sealed/mailer';
import type { Parcel, Projector, Store } from '../store';
import { findRequestStatus, isFinal, type RequestStatus } from './request-status';

export interface AccessOptions {
  readonly mspId: MspId;
  readonly store: Store;
  readonly transactions: Transactions;
  readonly mailer: Mailer;
  readonly projector: Pick<Projector, 'waitFor' | 'waitForBlock'>;
}

export interface Wish {
  readonly operation: string;
  readonly relationRef: RelationRef;
  readonly purpose: Purpose;
  /** What proves the purpose, beside the kinds of the relation. */
  readonly proof: Proof | null;
  readonly categories: readonly Category[];
  /** Who asks, as this organisation attests it. */
  readonly person: RequestingPerson;
  /** Declared for purposes of emergencies. */
  readonly emergency?: Pick<Emergency, 'reason' | 'statement'> | undefined;
  /** The physician's own ledger identity. */
  readonly identity: LedgerIdentity;
}

/**
 * Requests access: the request goes on the ledger under the physician's identity, what is asked for goes sealed to the custodian.
 * Repeating the same operation is the same request.
 * @throws CodedError RELATION_UNKNOWN and others
 */
export async function requestAccess(options: AccessOptions, wish: Wish): Promise<RequestStatus> {
  const { store, transactions, mailer, projector, mspId } = options;
  const { relationRef, purpose, proof, identity, operation } = wish;
  const relation = store.facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is on the ledger; the patient checks in first');
  const requestId = store.key.name('access-request', JSON.stringify([mspId, operation])) as RequestId;
  const ask = newAsk(wish, store);
  // What is declared is reviewed, so this organisation keeps a copy that it can show.
  const readers = ask.emergency === undefined ? [relation.custodian] : [relation.custodian, mspId];
  const parcels = relation.counterparty === mspId ? await Promise.all(readers.map((to) => newParcel(to, requestId, { ask, store }))) : [];
  await mailer.put(parcels);
  const { block } = await transactions.submit(
    'RequestAccess',
    { relationRef, requestId, purpose, proof, ask: await commit(askPreimage(ask)), ...(await newUnit(ask)) },
    { operation: `request/${requestId}`, identity, mayLag: true },
  );
  const delivered = mailer.deliver(parcels);
  await projector.waitForBlock(block);
  await delivered;
  return waitForAnswer(options, requestId, 0);
}

/** The status of a request, after waiting for its final one at most `waitMs`. @throws CodedError RESOURCE_NOT_FOUND */
export async function waitForAnswer({ store, mspId, projector }: AccessOptions, requestId: string, waitMs: number): Promise<RequestStatus> {
  const look = (): RequestStatus | undefined => {
    const status = findRequestStatus(store.facts, mspId, requestId);
    return status !== undefined && isFinal(status) ? status : undefined;
  };
  if (findRequestStatus(store.facts, mspId, requestId) !== undefined) await projector.waitFor(look, waitMs);
  const status = findRequestStatus(store.facts, mspId, requestId);
  if (status === undefined) throw newError('RESOURCE_NOT_FOUND', 'This organisation made no such request');
  return status;
}

/** The salt follows from the operation, so that a repeat asks the very same; that of a department's pseudonym from the department. */
function newAsk({ operation, relationRef, purpose, categories, person, emergency }: Wish, { key }: Store): Ask {
  const newSalt = (use: string, value: string): Salt =>
    Buffer.from(key.name(use, value), 'base64url').subarray(0, 16).toString('base64url') as Salt;
  const ask = { relationRef, categories, purpose, person, salt: newSalt('ask-salt', operation) };
  if (emergency === undefined) return ask;
  return { ...ask, emergency: { ...emergency, unitSalt: newSalt('unit-salt', formatCanonical(person.department)) } };
}

/** What declares an emergency in public: the pseudonym of the department, or of the whole organisation where none is attested. */
async function newUnit({ emergency, person }: Ask): Promise<{ readonly unit?: Commitment }> {
  return emergency === undefined ? {} : { unit: await commit(unitPreimage(person.department, emergency.unitSalt)) };
}

async function newParcel(to: MspId, requestId: RequestId, { ask, store }: { ask: Ask; store: Store }): Promise<Parcel> {
  const reader = store.facts.find<Organisation>('organisation', to)?.value;
  if (reader === undefined) throw newError('ORGANISATION_NOT_FOUND', 'The custodian of this relation has not registered its keys');
  const place = askRef(ask.relationRef, requestId);
  const envelope = await seal(findSealingKey(reader.encryption), { ...place, recipient: to }, formatUtf8(formatCanonical(ask)));
  return { organisation: to, kind: 'ask', ref: place.ref, id: place.id, envelope };
}
