import {
  askPreimage,
  bindingPreimage,
  consentDocumentPreimage,
  decideAccess,
  formatCanonical,
  parseAsk,
  parseConsentDocument,
  parseJson,
  parseRecordDetails,
  parseSigned,
  type Ask,
  type ConsentDocument,
  type Instant,
  type PatientEntry,
  type RecordDetails,
  type RecordId,
  type RequestingPerson,
} from '@medaccord/chaincode/model';
import { commit, verifyJws } from '../crypto';
import type { IndexedRecord } from '../store';
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
  readonly now: Instant;
}

/** Runs the shared rule over what is asked for. Everything that a signature or commitment covers is checked first; whatever fails, denies. */
export async function judge(facts: JudgeFacts): Promise<Verdict> {
  const { relation, rules, now, request } = facts;
  const ask = await openAsk(facts);
  const person = ask?.person ?? null;
  if (facts.newestConsent !== facts.consent.version) return { reason: 'consent-invalid', person, records: [] };
  const patient = await openPatient(facts);
  const isSigned = await isConsentSigned(facts);
  const document = isSigned ? await openDocument(facts) : undefined;
  if (ask === undefined || patient === undefined) return { reason: 'document-missing', person, records: [] };
  const question = { relation, patient, consent: facts.consent, document, rules, now, purpose: request.purpose, person: ask.person };
  const held = facts
    .listRecords(patient.subjectRef)
    .filter(({ recordId, category }) => ask.categories.includes(category) && !facts.isWithdrawn(recordId));
  const decisions = held.map((record) => ({ record, ...decideAccess({ ...question, record: detailsOf(record) }) }));
  const records = decisions.filter(({ decision }) => decision === 'permit').map(({ record }) => record);
  if (records.length > 0) return { reason: 'permitted', person, records };
  const asked = ask.categories.map((category) => decideAccess({ ...question, record: { ...unknownRecord, category } }).reason);
  const denied = [...decisions.map(({ reason }) => reason), ...asked].find((reason) => reason !== 'permitted');
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

/** The patient whose the relation is: the binding must be what it commits to, name its keys and be signed by her registered key. */
async function openPatient({ binding: jws, relation, findPatient }: JudgeFacts): Promise<PatientEntry | undefined> {
  if (jws === undefined) return undefined;
  try {
    const { payload } = parseSigned('binding', jws, 'binding');
    const patient = findPatient(payload.subjectRef);
    const names = [payload.relationRef, payload.counterparty, payload.keys];
    if (patient?.custodian !== relation.custodian) return undefined;
    if (formatCanonical(names) !== formatCanonical([relation.relationRef, relation.counterparty, relation.keys])) return undefined;
    if ((await commit(bindingPreimage(jws, payload.salt))) !== relation.binding) return undefined;
    await verifyJws('binding', jws, patient.keys.signing);
    return patient;
  } catch {
    return undefined;
  }
}

/** The header verifies again here, whoever endorsed it. */
async function isConsentSigned({ consent, relation }: JudgeFacts): Promise<boolean> {
  const keys = consent.status === 'closed' ? [relation.keys.signing, relation.keys.recovery] : [relation.keys.signing];
  const outcomes = await Promise.allSettled(keys.map((key) => verifyJws('consent', consent.jws, key)));
  return outcomes.some((outcome) => {
    if (outcome.status === 'rejected') return false;
    const { relationRef, version, status, validity, document } = outcome.value as typeof consent;
    const said = [relationRef, version, status, validity, document];
    return (
      formatCanonical(said) === formatCanonical([consent.relationRef, consent.version, consent.status, consent.validity, consent.document])
    );
  });
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
