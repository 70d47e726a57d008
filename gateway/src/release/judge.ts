import {
  askPreimage,
  bindingPreimage,
  consentDocumentPreimage,
  decideAccess,
  delegationPreimage,
  findGrant,
  findProblemOfGrant,
  formatCanonical,
  parseAsk,
  parseConsentDocument,
  parseDelegationOpening,
  parseJson,
  parseRecordDetails,
  parseSigned,
  trustConsent,
  type Ask,
  type Binding,
  type Category,
  type ConsentDocument,
  type Instant,
  type PatientEntry,
  type RecordDetails,
  type RecordId,
  type RequestingPerson,
} from '@medaccord/chaincode/model';
import { commit, verifyJws } from '../crypto';
import { statementVerifier, type IndexedRecord } from '../store';
import type { RequestFacts, SealedTexts } from './gather';
import type { NoticeReason } from './openings';

/** What the custodian would do about a request now, and why. Reasons go to the patient alone. */
export interface Verdict {
  readonly reason: NoticeReason;
  readonly person: RequestingPerson | null;
  /** What may be released; empty: refuse. */
  readonly records: readonly IndexedRecord[];
}

export interface JudgeFacts extends RequestFacts, SealedTexts {
  readonly findPatient: (subjectRef: string) => PatientEntry | undefined;
  readonly listRecords: (subjectRef: string) => readonly IndexedRecord[];
  readonly isWithdrawn: (recordId: string) => boolean;
  readonly isDeceased: (subjectRef: string) => boolean;
  readonly now: Instant;
}

/** Runs the shared rule over what is asked for. Everything that a signature or commitment covers is checked first; whatever fails, denies. */
export async function judge(facts: JudgeFacts): Promise<Verdict> {
  const { relation, rules, now, request } = facts;
  const ask = await openAsk(facts);
  const person = ask?.person ?? null;
  if (facts.newestConsent !== facts.consent.version) return { reason: 'consent-invalid', person, records: [] };
  const binding = await openBinding(facts);
  const withheld = await openWithheld(facts);
  const document = isConsentSigned(facts) && withheld !== undefined ? await openDocument(facts) : undefined;
  if (ask === undefined || binding === undefined) return { reason: 'document-missing', person, records: [] };
  const isDeceased = facts.isDeceased(binding.subjectRef);
  const asked = { rules, now, purpose: request.purpose, person: ask.person };
  const question = { relation, consent: facts.consent, document, ...asked, isDeceased, withheld };
  const held = facts
    .listRecords(binding.subjectRef)
    .filter(({ recordId, category }) => ask.categories.includes(category) && !facts.isWithdrawn(recordId));
  const decisions = held.map((record) => ({ record, ...decideAccess({ ...question, record: detailsOf(record) }) }));
  const records = decisions.filter(({ decision }) => decision === 'permit').map(({ record }) => record);
  if (records.length > 0) return { reason: 'permitted', person, records };
  const unheld = ask.categories.map((category) => decideAccess({ ...question, record: { ...unknownRecord, category } }).reason);
  const denied = [...decisions.map(({ reason }) => reason), ...unheld].find((reason) => reason !== 'permitted');
  return { reason: denied ?? 'nothing-held', person, records };
}

function detailsOf({ recordId, details }: IndexedRecord): RecordDetails & { readonly recordId: RecordId } {
  return { ...parseJson(parseRecordDetails, details, 'details'), recordId: recordId as RecordId };
}

/** Stands for records of a category of which nothing is known, or nothing is held. */
const unknownRecord = {
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

/** The binding must be what the relation commits to, name its keys and be signed by the patient's registered key. */
async function openBinding({ binding: jws, relation, findPatient }: JudgeFacts): Promise<Binding | undefined> {
  if (jws === undefined) return undefined;
  try {
    const { payload } = parseSigned('binding', jws, 'binding');
    const patient = findPatient(payload.subjectRef);
    const names = [payload.relationRef, payload.counterparty, payload.keys];
    if (patient?.custodian !== relation.custodian) return undefined;
    if (formatCanonical(names) !== formatCanonical([relation.relationRef, relation.counterparty, relation.keys])) return undefined;
    if ((await commit(bindingPreimage(jws, payload.salt))) !== relation.binding) return undefined;
    await verifyJws('binding', jws, patient.keys.signing);
    return payload;
  } catch {
    return undefined;
  }
}

/** The header verifies again here, whoever endorsed it: signed by the patient, or by a delegate who might. */
function isConsentSigned({ consent, relation, delegations }: JudgeFacts): boolean {
  const trusted = trustConsent(consent, relation, statementVerifier, delegations);
  return trusted !== undefined && formatCanonical(trusted) === formatCanonical(consent);
}

/** The categories that the delegate who signed the consent decides nothing about; nothing when that cannot be known. */
async function openWithheld({ consent, delegation: text, delegations }: JudgeFacts): Promise<readonly Category[] | undefined> {
  if (consent.delegation === undefined) return [];
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

async function openDocument({ document: text, consent }: JudgeFacts): Promise<ConsentDocument | undefined> {
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
