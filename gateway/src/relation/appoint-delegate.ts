import {
  addMinutes,
  delegationPreimage,
  delegationRef,
  formatCanonical,
  formatInstant,
  formatUtf8,
  parseSigned,
  parseUtf8,
  type Category,
  type DelegateKind,
  type DelegatePower,
  type DelegationGrant,
  type DelegationOpening,
  type DelegationStatement,
  type Instant,
  type Jwk,
  type MspId,
  type Organisation,
  type Period,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import { commit, newSalt, open, seal, signJws, type SealingKey, type SigningKey } from '../crypto';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import type { Done } from '../ledger/transactions';
import { newError } from '../problem';
import { findSealingKey } from '../sealed/find-sealing-key';
import { listDelegations, type Facts } from '../store';
import { checkOpening } from './open-delegation';
import { finish, newParcels, type RecordedDelegation } from './record-delegation';
import type { RelationOptions } from './register-relation';

export interface AppointOptions extends RelationOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly keys: { readonly sealing: SealingKey; readonly signing: SigningKey };
}

/** What a registrar states; the one who confirms states it again. */
export interface Appointment {
  readonly kind: DelegateKind;
  readonly withheld: readonly Category[];
  readonly majority: Instant | null;
}

export interface AppointmentWish extends Appointment {
  readonly relationRef: string;
  readonly key: Jwk;
  readonly powers: readonly DelegatePower[];
  readonly validity: Period;
  /** Who confirms it. */
  readonly authority: MspId;
}

/** What the custodian signed and hands to the authority; by MSP id what is sealed to custodian and authority. */
export interface SignedAppointment {
  readonly delegation: string;
  readonly sealed: Readonly<Record<string, string>>;
}

/** Two organisations have to meet: longer than a patient's own statement. */
const SUBMIT_WITHIN_MINUTES = 7 * 24 * 60;

/** The custodian's half of an appointment: its signature for a patient who cannot sign. Nothing is on the ledger yet. */
export async function signAppointment(options: AppointOptions, wish: AppointmentWish): Promise<SignedAppointment> {
  const { facts, mspId, keys } = options;
  const { kind, withheld, majority, key, powers, validity, authority: confirmedBy } = wish;
  const { relationRef, custodian } = findRelation(facts, wish.relationRef);
  if (custodian !== mspId) throw newError('NOT_THE_CUSTODIAN', 'Only the custodian appoints, together with an authority');
  const n = nextNumber(facts, relationRef);
  const opening: DelegationOpening = { relationRef, n, kind, withheld, majority, salt: newSalt() };
  const sealed = await sealTo(facts, opening, [mspId, confirmedBy]);
  const issuedAt = formatInstant(Date.now());
  const grant: DelegationGrant = {
    act: 'grant',
    relationRef,
    n,
    confirmedBy,
    key,
    powers,
    validity,
    opening: await commit(delegationPreimage(opening)),
    sealed: Object.fromEntries(Object.entries(sealed).map(([to, text]) => [to, digestOf(text)])),
    submitBy: addMinutes(issuedAt, SUBMIT_WITHIN_MINUTES),
    issuedAt,
  };
  const delegation = await signJws('delegation', grant, keys.signing);
  if ((await checkOpening(formatCanonical(opening), grant)) === undefined)
    throw newError('REQUEST_INVALID', 'body: gives a support person more than the history, or outlasts the coming of age');
  return { delegation, sealed };
}

/**
 * The authority's half: its registrar states what was found in the papers, and only if that is what the custodian sealed does the gateway
 * sign the same statement and bring both to the ledger.
 *
 * @throws CodedError REQUEST_INVALID when they differ
 */
export async function confirmAppointment(
  options: AppointOptions,
  { delegation, sealed }: SignedAppointment,
  said: Appointment,
  identity: LedgerIdentity,
): Promise<RecordedDelegation> {
  const { facts, mspId, mailer } = options;
  const { payload } = parseSigned('delegation', delegation, 'body.delegation');
  const relation = findRelation(facts, payload.relationRef);
  if (payload.act !== 'grant' || payload.confirmedBy !== mspId)
    throw newError('REQUEST_INVALID', 'body.delegation: does not ask this organisation');
  const opening = await openOwn(options, payload, sealed[mspId] ?? '');
  const { kind, withheld, majority } = opening;
  const isSaid =
    formatCanonical([kind, [...withheld].sort(), majority]) === formatCanonical([said.kind, [...said.withheld].sort(), said.majority]);
  if (!isSaid) throw newError('REQUEST_INVALID', 'body: is not what the custodian appoints; nothing is confirmed');
  const parcels = newParcels(payload, relation, sealed[relation.custodian] ?? null);
  await mailer.put(parcels);
  const done = await submitBoth(options, { delegation, payload, custodian: relation.custodian }, identity);
  return finish(options, parcels, { ...payload, ...done });
}

/** The custodian's half of an appointment's end; what was signed for the patient until now stands. */
export async function signAppointmentEnd(
  { facts, mspId, keys }: AppointOptions,
  { relationRef, of, authority }: { readonly relationRef: string; readonly of: number; readonly authority: MspId },
): Promise<string> {
  const relation = findRelation(facts, relationRef);
  if (relation.custodian !== mspId)
    throw newError('NOT_THE_CUSTODIAN', 'Only the custodian ends what it appointed, together with an authority');
  const issuedAt = formatInstant(Date.now());
  const end = {
    act: 'end',
    relationRef: relation.relationRef,
    n: nextNumber(facts, relationRef),
    confirmedBy: authority,
    of,
    after: facts.findConsent(relationRef)?.newest ?? 1,
    submitBy: addMinutes(issuedAt, SUBMIT_WITHIN_MINUTES),
    issuedAt,
  } as const;
  return signJws('delegation', end, keys.signing);
}

/** The authority's half of an appointment's end. */
export async function confirmAppointmentEnd(
  options: AppointOptions,
  delegation: string,
  identity: LedgerIdentity,
): Promise<RecordedDelegation> {
  const { payload } = parseSigned('delegation', delegation, 'body.delegation');
  const { custodian } = findRelation(options.facts, payload.relationRef);
  if (payload.act !== 'end' || payload.confirmedBy !== options.mspId)
    throw newError('REQUEST_INVALID', 'body.delegation: does not ask this organisation for an end');
  const done = await submitBoth(options, { delegation, payload, custodian }, identity);
  return finish(options, [], { ...payload, ...done });
}

/** Signs the same statement and brings both to the ledger. */
async function submitBoth(
  { mspId, keys, transactions }: AppointOptions,
  { delegation, payload, custodian }: { readonly delegation: string; readonly payload: DelegationStatement; readonly custodian: MspId },
  identity: LedgerIdentity,
): Promise<Done<'AppointDelegate'>> {
  const confirmation = await signJws('delegation', payload, keys.signing);
  return transactions.submit(
    'AppointDelegate',
    { delegation, confirmation },
    { operation: `appointment/${digestOf(delegation)}`, organisations: [mspId, custodian], identity, mayLag: true },
  );
}

function nextNumber(facts: Facts, relationRef: string): number {
  return Math.max(0, ...listDelegations(facts, relationRef).map(({ n }) => n)) + 1;
}

async function openOwn({ mspId, keys }: AppointOptions, grant: DelegationGrant, envelope: string): Promise<DelegationOpening> {
  if (grant.sealed[mspId] !== digestOf(envelope)) throw newError('REQUEST_INVALID', 'body.sealed: is not what the statement names');
  const { kind, ref, id } = delegationRef(grant.relationRef, grant.n);
  const text = parseUtf8(await open(keys.sealing, { kind, ref, id, recipient: mspId }, envelope));
  const opening = await checkOpening(text ?? '', grant);
  if (opening === undefined) throw newError('REQUEST_INVALID', 'body.delegation: says what a delegation may not say');
  return opening;
}

function findRelation(facts: Facts, relationRef: string): RelationEntry {
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is on the ledger');
  return relation;
}

async function sealTo(facts: Facts, opening: DelegationOpening, recipients: readonly MspId[]): Promise<Record<string, string>> {
  const { kind, ref, id } = delegationRef(opening.relationRef, opening.n);
  const plain = formatUtf8(formatCanonical(opening));
  const sealed = recipients.map(async (recipient) => {
    const key = findSealingKey(facts.find<Organisation>('organisation', recipient)?.value.encryption ?? []);
    return [recipient, await seal(key, { kind, ref, id, recipient }, plain)] as const;
  });
  return Object.fromEntries(await Promise.all(sealed));
}
