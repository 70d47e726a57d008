import {
  bindingRef,
  consentDocumentRef,
  findGrant,
  parseSigned,
  type ConsentHeader,
  type MspId,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import { assertWitnessed, witnessOf, type WitnessAtDesk } from '../assisted/witness';
import { verifyJws } from '../crypto';
import { digestOf } from '../ledger/digest';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import { deliverSoon, type ParcelStatus } from '../sealed/deliver-soon';
import type { Mailer } from '../sealed/mailer';
import type { SealedReader } from '../sealed/sealed-reader';
import { listDelegations, type Facts, type Parcel, type Projector } from '../store';
import { assertLiving } from './read-subject';

export interface RelationOptions {
  readonly transactions: Transactions;
  readonly mailer: Mailer;
  readonly projector: Pick<Projector, 'waitForBlock'>;
}

export interface SignedRelation {
  readonly relation: string;
  readonly consent: string;
  /** By MSP id: what the wallet sealed to custodian and counterparty. */
  readonly sealed: Readonly<Record<string, { readonly binding: string; readonly document: string }>>;
}

export interface SignedConsent {
  readonly consent: string;
  /** By MSP id. */
  readonly documents: Readonly<Record<string, string>>;
}

export interface Recorded {
  readonly relationRef: string;
  readonly version: number;
  readonly transactionId: string;
  readonly block: number;
  readonly deliveries: readonly ParcelStatus[];
}

/**
 * Puts a relation and the first version of its consent on the ledger, then what the wallet sealed to both sides. Any member's gateway may.
 * What a card signed the custodian's alone, with a witness.
 */
export async function registerRelation(
  options: RelationOptions,
  { relation, consent, sealed }: SignedRelation,
  witness?: WitnessAtDesk,
): Promise<Recorded> {
  const { payload } = parseSigned('relation', relation, 'body.relation');
  const { relationRef, custodian, counterparty, keys, ...named } = payload;
  const { version, status, sealed: documents } = parseSigned('consent', consent, 'body.consent').payload;
  assertWitnessed(payload, status, witness);
  await verifyJws('relation', relation, keys.signing);
  await verifyJws('consent', consent, keys.signing);
  assertParties(Object.keys(sealed), [custodian, counterparty], 'body.sealed');
  const parcels = Object.entries(sealed).flatMap(([organisation, { binding, document }]): Parcel[] => [
    { ...bindingRef(relationRef), kind: 'binding', organisation, envelope: binding },
    { ...consentDocumentRef(relationRef, version), kind: 'consent-document', organisation, envelope: document },
  ]);
  assertNamed(parcels, { binding: named.sealed, 'consent-document': documents }, 'body.sealed');
  await options.mailer.put(parcels);
  const operation = `relation/${relationRef}/${digestOf(relation + consent)}`;
  const done = await options.transactions.submit(
    'RegisterRelation',
    { relation, consent, ...witnessOf(relationRef, witness) },
    { operation, ...(witness && { identity: witness.identity }) },
  );
  return finish(options, parcels, { relationRef, version, ...done });
}

export interface ConsentOptions extends RelationOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly sealed: SealedReader;
}

/** Records the next version of a consent; a revocation is one. Its document follows in a transaction of its own. `witness`: of a card. */
export async function recordConsent(
  options: ConsentOptions,
  { consent, documents }: SignedConsent,
  witness?: WitnessAtDesk,
): Promise<Recorded> {
  const { facts, mspId } = options;
  const { relationRef, version, sealed, ...header } = parseSigned('consent', consent, 'body.consent').payload;
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is on the ledger');
  assertWitnessed(relation, header.status, witness);
  await verifySigner(consent, header, relation, facts);
  if (relation.custodian === mspId) await assertLiving(facts, options.sealed, relation);
  assertParties(Object.keys(documents), [relation.custodian, relation.counterparty], 'body.documents');
  const parcels = Object.entries(documents).map(([organisation, envelope]): Parcel => ({
    ...consentDocumentRef(relationRef, version),
    kind: 'consent-document',
    organisation,
    envelope,
  }));
  assertNamed(parcels, { 'consent-document': sealed }, 'body.documents');
  await options.mailer.put(parcels);
  const operation = `consent/${relationRef}/${String(version)}/${digestOf(consent)}`;
  const done = await options.transactions.submit(
    'RecordConsent',
    { consent, ...witnessOf(relationRef, witness) },
    { operation, mayLag: true, ...(witness && { identity: witness.identity }) },
  );
  return finish(options, parcels, { relationRef, version, ...done });
}

/** Checks early, before anything is kept, what the ledger checks again: the patient's signature, or that of the delegate who is named. */
async function verifySigner(
  consent: string,
  { status, delegation }: Pick<ConsentHeader, 'status' | 'delegation'>,
  { relationRef, keys }: RelationEntry,
  facts: Facts,
): Promise<void> {
  if (delegation !== undefined) {
    const grant = findGrant(listDelegations(facts, relationRef), delegation);
    if (grant === undefined) throw newError('ROLE_NOT_ALLOWED', 'No such delegation is known here');
    await verifyJws('consent', consent, grant.key);
    return;
  }
  await verifyJws('consent', consent, keys.signing).catch((error: unknown) => {
    if (status !== 'closed') throw error;
    return verifyJws('consent', consent, keys.recovery);
  });
}

async function finish(
  { mailer, projector }: RelationOptions,
  parcels: readonly Parcel[],
  { relationRef, version, transactionId, block }: Omit<Recorded, 'deliveries'>,
): Promise<Recorded> {
  const delivering = deliverSoon(mailer, parcels);
  await projector.waitForBlock(block);
  const deliveries = await delivering;
  return { relationRef, version, transactionId, block, deliveries };
}

function assertParties(named: readonly string[], parties: readonly string[], place: string): void {
  if (named.every((mspId) => parties.includes(mspId))) return;
  throw newError('REQUEST_INVALID', `${place}: may name only custodian and counterparty of the relation`, {
    details: { problems: [{ place, problem: 'names another organisation' }] },
  });
}

/** Checks that every envelope is the one that the patient signed for its organisation: another is not taken into the outbox. */
function assertNamed(
  parcels: readonly Parcel[],
  named: Partial<Record<Parcel['kind'], Readonly<Record<string, string>>>>,
  place: string,
): void {
  const isNamed = ({ kind, organisation, envelope }: Parcel): boolean => named[kind]?.[organisation] === digestOf(envelope);
  if (parcels.every(isNamed)) return;
  throw newError('REQUEST_INVALID', `${place}: holds an envelope that is not the one that the patient signed`, {
    details: { problems: [{ place, problem: 'is not what the statement names' }] },
  });
}
