import {
  askPreimage,
  bindingPreimage,
  consentDocumentPreimage,
  decideAccess,
  delegationPreimage,
  findGrant,
  findProblemOfGrant,
  formatCanonical,
  isBreakGlass,
  isNeeded,
  parseAsk,
  parseConsentDocument,
  parseDelegationOpening,
  parseJson,
  parseRecordDetails,
  parseSigned,
  trustConsent,
  type AccessDecision,
  type Ask,
  type Assistance,
  type Binding,
  type Category,
  type ConsentDocument,
  type Instant,
  type NeededRecord,
  type PatientEntry,
  type ProofFacts,
  type RecordDetails,
  type RecordId,
  type RequestingPerson,
} from '@medaccord/chaincode/model';
import { commit, verifyJws } from '../crypto';
import { statementVerifier, type IndexedRecord } from '../store';
import { isByDelegate, type RequestFacts, type SealedTexts } from './gather';
import { findEmergencyEnd } from './emergency';
import type { Notice, NoticeReason } from './openings';

/** What the custodian would do about a request now, and why. Reasons go to the patient alone. */
export interface Verdict {
  readonly reason: NoticeReason;
  readonly person: RequestingPerson | null;
  readonly emergency: Notice['emergency'] | undefined;
  /** What may be released; empty: refuse. */
  readonly records: readonly PermittedRecord[];
}

/** With what the rule obliges whoever receives it to. */
export type PermittedRecord = IndexedRecord & Pick<AccessDecision, 'obligations'>;

export interface JudgeFacts extends RequestFacts, SealedTexts {
  readonly proof: ProofFacts | null;
  /** Of an assisted consent. */
  readonly assistance: Assistance | undefined;
  readonly findPatient: (subjectRef: string) => PatientEntry | undefined;
  /** What the claim needs that proves a payment; undefined for other purposes. */
  readonly needed: readonly NeededRecord[] | undefined;
  readonly listRecords: (subjectRef: string) => readonly IndexedRecord[];
  readonly isWithdrawn: (recordId: string) => boolean;
  readonly isDeceased: (subjectRef: string) => boolean;
  readonly now: Instant;
}

/** Runs the shared rule over what is asked for. Everything that a signature or commitment covers is checked first; whatever fails, denies. */
export async function judge(facts: JudgeFacts): Promise<Verdict> {
  const { relation, rules, proof, assistance, now, request } = facts;
  const ask = await openAsk(facts);
  const told = tellOf(ask);
  const refuse = (reason: NoticeReason): Verdict => ({ reason, ...told, records: [] });
  const against = findReasonAgainstFacts(facts);
  if (against !== undefined) return refuse(against);
  const binding = await openBinding(facts);
  const patient = binding && facts.findPatient(binding.subjectRef);
  const opened = await openConsent(facts);
  if (ask === undefined || patient === undefined || opened === undefined) return refuse('document-missing');
  const emergencyUntil = await findEmergencyEnd(request, ask);
  const isDeceased = facts.isDeceased(patient.subjectRef);
  const given = { relation, patient, consent: facts.consent, rules, proof, assistance, now, emergencyUntil, isDeceased, ...opened };
  const question = { ...given, purpose: request.purpose, person: ask.person };
  const held = facts
    .listRecords(patient.subjectRef)
    .filter(({ recordId, category }) => ask.categories.includes(category) && !facts.isWithdrawn(recordId))
    .filter((record) => facts.needed === undefined || isNeeded(facts.needed, { ...record, recordId: record.recordId as RecordId }));
  const decisions = held.map((record) => ({ record, ...decideAccess({ ...question, record: detailsOf(record) }) }));
  const permits = decisions.filter(({ decision }) => decision === 'permit');
  const records = permits.map(({ record, obligations }) => ({ ...record, obligations }));
  if (permits.length > 0) return { reason: reasonOf(permits), ...told, records };
  const asked = ask.categories.map((category) => decideAccess({ ...question, record: { ...unknownRecord, category } }));
  return refuse([...decisions, ...asked].find(({ decision }) => decision === 'deny')?.reason ?? 'nothing-held');
}

/** What is against a request before anything is opened: others wrote over the consent, which an emergency does not ask; a unit is blocked. */
function findReasonAgainstFacts({ request, newestConsent, consent, isUnitBlocked }: JudgeFacts): NoticeReason | undefined {
  if (isBreakGlass(request.purpose)) return isUnitBlocked ? 'break-glass-blocked' : undefined;
  return newestConsent === consent.version ? undefined : 'consent-invalid';
}

interface OpenedConsent {
  readonly document: ConsentDocument | undefined;
  /** From the delegate who signed the document. */
  readonly withheld: readonly Category[];
}

/** What a consent rests on; nothing where that is not judged without what is missing. */
async function openConsent(facts: JudgeFacts): Promise<OpenedConsent | undefined> {
  const withheld = await openWithheld(facts);
  const document = isConsentSigned(facts) ? await openDocument(facts) : undefined;
  return withheld === undefined || isKeptBack(facts, document) ? undefined : { document, withheld };
}

/** An emergency goes on without a document that never came, not without one that came and is none: it may hold an express refusal. */
function isKeptBack({ request, document: text }: JudgeFacts, document: ConsentDocument | undefined): boolean {
  return isBreakGlass(request.purpose) && document === undefined && text !== undefined;
}

function tellOf(ask: Ask | undefined): Pick<Verdict, 'person' | 'emergency'> {
  if (ask === undefined) return { person: null, emergency: undefined };
  const { person, emergency } = ask;
  return { person, emergency: emergency && { reason: emergency.reason, statement: emergency.statement } };
}

/** As the decision's entry has it: by the legal basis alone, or by the consent or the emergency too. */
function reasonOf(permits: readonly AccessDecision[]): NoticeReason {
  return permits.find(({ reason }) => reason !== 'legal-basis')?.reason ?? 'legal-basis';
}

function detailsOf({ recordId, details }: IndexedRecord): RecordDetails & { readonly recordId: RecordId } {
  return { ...parseJson(parseRecordDetails, details, 'details'), recordId: recordId as RecordId };
}

/** Stands for records of a category of which nothing is known, or nothing is held. */
export const unknownRecord = {
  recordId: '' as RecordId,
  type: '',
  codes: [],
  labels: [],
  dates: { from: null, until: null },
  authors: [],
  encounter: null,
};

async function openAsk({ ask: text, request }: JudgeFacts): Promise<Ask | undefined> {
  const value = parseCanonical(text);
  if (value === undefined) return undefined;
  try {
    const ask = parseAsk(value, 'ask');
    if (ask.relationRef !== request.relationRef || ask.purpose !== request.purpose) return undefined;
    return (await isCommitted(request.ask, () => askPreimage(ask))) ? ask : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The binding must be what the relation commits to, name its keys and be signed by the patient's registered key. What the keys on a card
 * sign is assisted.
 */
export async function openBinding({
  binding: jws,
  relation,
  findPatient,
}: Pick<JudgeFacts, 'binding' | 'relation' | 'findPatient'>): Promise<Binding | undefined> {
  if (jws === undefined) return undefined;
  try {
    const { payload } = parseSigned('binding', jws, 'binding');
    const patient = findPatient(payload.subjectRef);
    const names = [payload.relationRef, payload.counterparty, payload.keys];
    if (patient?.custodian !== relation.custodian) return undefined;
    if (patient.assisted !== undefined && relation.assisted === undefined) return undefined;
    if (formatCanonical(names) !== formatCanonical([relation.relationRef, relation.counterparty, relation.keys])) return undefined;
    if ((await commit(bindingPreimage(jws, payload.salt))) !== relation.binding) return undefined;
    await verifyJws('binding', jws, patient.keys.signing);
    return payload;
  } catch {
    return undefined;
  }
}

/** The header verifies again here, whoever endorsed it: signed by the patient, or by a delegate who might. */
export function isConsentSigned({ consent, relation, delegations }: Pick<JudgeFacts, 'consent' | 'relation' | 'delegations'>): boolean {
  const trusted = trustConsent(consent, relation, statementVerifier, delegations);
  return trusted !== undefined && formatCanonical(trusted) === formatCanonical(consent);
}

/** The categories that the delegate who signed a document decides nothing about; undefined when that cannot be known. */
export async function openWithheld({
  consent,
  delegation: text,
  delegations,
}: Pick<JudgeFacts, 'consent' | 'delegation' | 'delegations'>): Promise<readonly Category[] | undefined> {
  if (!isByDelegate(consent)) return [];
  const grant = findGrant(delegations, consent.delegation);
  const value = parseCanonical(text);
  if (grant === undefined || value === undefined) return undefined;
  try {
    const opening = parseDelegationOpening(value, 'delegation');
    if (findProblemOfGrant(grant, opening) !== undefined) return undefined;
    return (await isCommitted(grant.opening, () => delegationPreimage(opening))) ? opening.withheld : undefined;
  } catch {
    return undefined;
  }
}

export async function openDocument({
  document: text,
  consent,
}: Pick<JudgeFacts, 'document' | 'consent'>): Promise<ConsentDocument | undefined> {
  const value = parseCanonical(text);
  if (value === undefined || consent.document === null) return undefined;
  try {
    const document = parseConsentDocument(value, 'document');
    return (await isCommitted(consent.document, () => consentDocumentPreimage(document))) ? document : undefined;
  } catch {
    return undefined;
  }
}

function parseCanonical(text: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && formatCanonical(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

async function isCommitted(commitment: string, preimage: () => Uint8Array): Promise<boolean> {
  try {
    return (await commit(preimage())) === commitment;
  } catch {
    return false;
  }
}
