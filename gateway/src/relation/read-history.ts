import {
  formatInstant,
  noticeRef,
  type AccessRequest,
  type ConsentEntry,
  type Decision,
  type Delivery,
  type Instant,
  type MspId,
  type PatientStatus,
  type Proof,
  type Referral,
  type RelationEntry,
  type Review,
  type ReviewOutcome,
} from '@medaccord/chaincode/model';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Fact, Facts } from '../store';
import { readAssisted, type AssistedEntry } from '../assisted/read-assisted';
import { readClaimsHistory, type ClaimHistoryEntry } from './claims-history';
import { deletionStatusOf, readAfterRelease, type AfterReleaseEntry, type DeletionStatus } from './after-release-history';
import { readActors, type DelegationShown } from './read-actors';

/** What happened in one relation, oldest first: who, when, which purpose, on which consent, with what result. */
export type HistoryEntry =
  | (Entry<'relation'> & {
      readonly custodian: string;
      readonly counterparty: string;
      readonly kinds: readonly string[];
      readonly assisted?: true;
    })
  | (Entry<'consent'> & {
      readonly version: number;
      readonly status: string;
      readonly validity: ConsentEntry['validity'];
      /** The delegation by which somebody else signed; null when the patient did. */
      readonly delegation: number | null;
      /** Of what a card signed: who saw it. */
      readonly witness?: ConsentEntry['witness'];
    })
  | (Entry<'delegation'> & DelegationShown)
  | (Entry<'status'> & { readonly status: PatientStatus['status'] })
  | (Entry<'request'> & {
      readonly requestId: string;
      readonly by: AccessRequest['by'];
      readonly purpose: string;
      readonly proof: Proof | null;
      readonly party: boolean;
      readonly breakGlass?: AccessRequest['breakGlass'];
    })
  | (Entry<'referral'> & Pick<Referral, 'referralId' | 'by' | 'validity' | 'registeredAt' | 'endedAt'>)
  | (Entry<'decision'> & {
      readonly requestId: string;
      readonly outcome: 'released' | 'refused';
      readonly code: string | null;
      readonly purpose: string;
      readonly proof: Proof | null;
      readonly consentVersion: number | null;
      readonly rulesVersion: number;
      readonly records: number;
      /** Of a release on a declared emergency: the end of its time box. */
      readonly breakGlass?: Decision['breakGlass'];
      /** What a release rests on: the consent, a declared emergency, or a legal basis of the rules alone. */
      readonly basis: Decision['basis'];
      /** Sealed to the relation's key: the exact reason and records, for the patient alone. Only the custodian's gateway has it. */
      readonly notice: string | null;
      /** The custodian's signed receipt of what was released; null for a refusal, and where it is not valid. */
      readonly receipt: string | null;
      /** Of the delivered copy; null when nothing was delivered. */
      readonly deletion: DeletionStatus | null;
    })
  | (Entry<'delivery'> & { readonly requestId: string; readonly part: number; readonly parts: number })
  | (Entry<'review'> & {
      readonly requestId: string;
      readonly outcome: ReviewOutcome;
      readonly by: Review['by'];
      readonly isLate: boolean;
    })
  | AfterReleaseEntry
  | ClaimHistoryEntry
  | AssistedEntry;

export interface Entry<K extends string> {
  readonly kind: K;
  readonly at: Instant;
  readonly transactionId: string;
  readonly block: number;
}

/** The access history of a relation. */
export async function readHistory(facts: Facts, sealed: SealedReader, own: MspId, relationRef: string): Promise<readonly HistoryEntry[]> {
  const relation = facts.find<RelationEntry>('relation', relationRef);
  const decisions = facts.list<Decision>('decision', relationRef);
  const notices = relation?.value.custodian === own ? await readNotices(sealed, relation.value, decisions) : [];
  const now = formatInstant(Date.now());
  const deliveries = facts.list<Delivery>('delivery', relationRef);
  const isDelivered = ({ requester, requestId }: Decision): boolean =>
    deliveries.some(({ value }) => value.requester === requester && value.requestId === requestId);
  const entries = [
    ...(relation === undefined ? [] : [newRelation(relation)]),
    ...facts.list<ConsentEntry>('consent', relationRef).map(newConsent),
    ...facts.list<AccessRequest>('request', relationRef).map(newRequest),
    ...(await readActors(facts, sealed, own, relation?.value)),
    ...facts.list<Referral>('referral', relationRef).map(newReferral),
    ...decisions.map((fact, at) => {
      const deletion = isDelivered(fact.value) ? deletionStatusOf(facts, fact.value, 'release', now) : null;
      return newDecision(fact, { notice: notices[at] ?? null, deletion });
    }),
    ...deliveries.map(newDelivery),
    ...(relation === undefined ? [] : await readAfterRelease(facts, sealed, relation.value, { own, now })),
    ...facts.list<Review>('review', relationRef).map(newReview),
    ...readAssisted(facts, relationRef),
    ...readClaimsHistory(facts, relationRef),
  ];
  return entries.sort((one, other) => one.block - other.block || (one.at < other.at ? -1 : 1));
}

/** By the decision's place in the list. Only what answers the counterparty has a notice. */
async function readNotices(
  sealed: SealedReader,
  { relationRef, counterparty }: RelationEntry,
  decisions: readonly Fact<Decision>[],
): Promise<readonly (string | undefined)[]> {
  const answers = decisions.filter(({ value }) => value.requester === counterparty);
  if (answers.length === 0) return [];
  const notices = await sealed.read(answers.map(({ value }) => noticeRef(relationRef, value.requestId)));
  return decisions.map((decision) => notices[answers.indexOf(decision)]);
}

function newRelation({ value, transactionId, block }: Fact<RelationEntry>): HistoryEntry {
  const { custodian, counterparty, kinds, assisted, createdAt } = value;
  return { kind: 'relation', at: createdAt, transactionId, block, custodian, counterparty, kinds, ...(assisted && { assisted }) };
}

function newConsent({ value, transactionId, block }: Fact<ConsentEntry>): HistoryEntry {
  const { version, status, validity, delegation = null, recordedAt, witness } = value;
  const signed = { version, status, validity, delegation, ...(witness && { witness }) };
  return { kind: 'consent', at: recordedAt, transactionId, block, ...signed };
}

function newRequest({ value, transactionId, block }: Fact<AccessRequest>): HistoryEntry {
  const { requestId, by, purpose, proof, party, breakGlass, at } = value;
  return { kind: 'request', at, transactionId, block, requestId, by, purpose, proof, party, ...(breakGlass && { breakGlass }) };
}

/** One line, of what happened to it last. */
function newReferral({ value, transactionId, block }: Fact<Referral>): HistoryEntry {
  const { referralId, by, validity, registeredAt, endedAt } = value;
  return { kind: 'referral', at: endedAt ?? registeredAt, transactionId, block, referralId, by, validity, registeredAt, endedAt };
}

function newDecision(
  { value, transactionId, block }: Fact<Decision>,
  { notice, deletion }: { readonly notice: string | null; readonly deletion: DeletionStatus | null },
): HistoryEntry {
  const { requestId, outcome, code, purpose, proof, consentVersion, rulesVersion, count, breakGlass, basis, receipt, at } = value;
  return {
    kind: 'decision',
    at,
    transactionId,
    block,
    requestId,
    outcome,
    code,
    purpose,
    proof,
    consentVersion,
    rulesVersion,
    records: count,
    ...(breakGlass && { breakGlass }),
    basis,
    notice,
    receipt,
    deletion,
  };
}

function newDelivery({ value, transactionId, block }: Fact<Delivery>): HistoryEntry {
  const { requestId, part, parts, at } = value;
  return { kind: 'delivery', at, transactionId, block, requestId, part, parts };
}

function newReview({ value, transactionId, block }: Fact<Review>): HistoryEntry {
  const { requestId, outcome, by, reviewBy, at } = value;
  return { kind: 'review', at, transactionId, block, requestId, outcome, by, isLate: at > reviewBy };
}
