import {
  addMinutes,
  askPreimage,
  consentDocumentPreimage,
  decideAccess,
  detailsPreimage,
  formatCanonical,
  isBreakGlass,
  isNeeded,
  newError,
  parseAsk,
  parseConsentDocument,
  parseJson,
  parseRecordDetails,
  receiptOf,
  recordsPreimage,
  RequestInvalid,
  subjectPreimage,
  type AccessReason,
  type AccessRequest,
  type Ask,
  type Assistance,
  type Category,
  type Commitment,
  type ConsentDocument,
  type ConsentHeader,
  type Decision,
  type Group,
  type Instant,
  type Jwk,
  type NeededRecord,
  type PatientEntry,
  type ProofFacts,
  type RecordAnchor,
  type RecordDetails,
  type RecordStatus,
  type RelationEntry,
  type Rules,
  type TransientInput,
} from '../model';
import { openDeclaration } from '../break-glass';
import { assertOpening, digestOf, isOpening } from '../signature';
import { assertReceipt } from './assert-receipt';

type Opening = TransientInput<'DecideRelease'>;

/** What the ledger says of a record version. */
export interface RecordFacts {
  readonly anchor: RecordAnchor | undefined;
  /** The end of the anchor's group, unless that was anchored whole. */
  readonly group: Group | undefined;
  readonly status: RecordStatus | undefined;
}

/** What a release rests on, all of it checked for signatures and places; `records` are in the order of the opening. */
export interface ReleaseFacts {
  readonly request: AccessRequest;
  readonly relation: RelationEntry;
  readonly patient: PatientEntry;
  readonly consent: ConsentHeader;
  /** The newest number, also where an emergency goes by the document of an earlier version. */
  readonly consentVersion: number;
  /** Of an assisted consent. */
  readonly assistance: Assistance | undefined;
  readonly rules: Rules;
  readonly proof: ProofFacts | null;
  /** What the claim needs that proves a payment: nothing else is released for it. Undefined for other purposes. */
  readonly needed: readonly NeededRecord[] | undefined;
  readonly records: readonly RecordFacts[];
  /** The custodian's signing key. */
  readonly custodianKey: Jwk;
  readonly isDeceased: boolean;
  /** From the delegate who signed the consent; undefined when the patient signed it. */
  readonly withheld: readonly Category[] | undefined;
}

/**
 * The decision to release. Opens the commitments to document, ask, subjects and details, and runs the rule for every record; both endorsing
 * organisations do the same on what they were sent. The custodian's receipt must say just what is decided.
 *
 * @throws COMMITMENT_MISMATCH, RECEIPT_INVALID, RECORD_NOT_FOUND, GROUP_NOT_CLOSED, RECORD_WITHDRAWN, RECORD_NOT_OF_SUBJECT, RECORD_NOT_ASKED,
 * RELEASE_NOT_PERMITTED, RECORD_NOT_OF_CLAIM
 */
export function decideRelease(opening: Opening, facts: ReleaseFacts, at: Instant): Decision {
  const { purpose, proof, relationRef, requestId } = facts.request;
  const document = openDocument(opening.document, facts);
  const reasons = new Set<AccessReason>();
  const ask = openAsk(opening.ask, facts.request);
  const { person, categories } = ask;
  const emergencyUntil = openDeclaration(facts.request, ask);
  const released = facts.records.map((record, index) => {
    const details = openRecord(opening.records[index], record, facts, index);
    if (!categories.includes(details.category)) throw newError('RECORD_NOT_ASKED', { at: index });
    const question = { ...facts, document, now: at, purpose, emergencyUntil, person, record: details };
    const { decision, reason, obligations } = decideAccess(question);
    if (decision === 'deny') throw newError('RELEASE_NOT_PERMITTED', { reason, at: index });
    if (facts.needed !== undefined && !isNeeded(facts.needed, details)) throw newError('RECORD_NOT_OF_CLAIM', { at: index });
    reasons.add(reason);
    return { recordId: details.recordId, version: details.version, obligations };
  });
  const basis = basisFor(reasons);
  const entry: Decision = {
    relationRef,
    requester: facts.request.by.mspId,
    requestId,
    outcome: 'released',
    code: null,
    custodian: facts.relation.custodian,
    purpose,
    proof,
    consentVersion: facts.consentVersion,
    rulesVersion: facts.rules.version,
    deadline: addMinutes(at, facts.rules.deadlines.decisionMinutes),
    records: digestOf(recordsPreimage(released, opening.recordsSalt)) as string as Commitment,
    count: facts.records.length,
    bound: facts.patient.bound.method,
    ...(basis === 'break-glass' && emergencyUntil !== undefined && { breakGlass: { until: emergencyUntil } }),
    basis,
    receipt: opening.receipt,
    at,
  };
  assertReceipt(opening.receipt, receiptOf(entry, facts.request, facts.consent), { relationRef, requestId, key: facts.custodianKey });
  return entry;
}

/** Where some of it rests on the emergency or the consent, the end of that ends all of it. */
function basisFor(reasons: ReadonlySet<AccessReason>): NonNullable<Decision['basis']> {
  if (reasons.has('break-glass')) return 'break-glass';
  return reasons.has('legal-basis') && reasons.size === 1 ? 'legal-basis' : 'consent';
}

/** Undefined where the patient revoked, for what is released then needs no document, and in an emergency that none arrived for. */
function openDocument(text: string | undefined, { consent, request }: ReleaseFacts): ConsentDocument | undefined {
  if (text === undefined && (consent.document === null || isBreakGlass(request.purpose))) return undefined;
  const document = parseJson(parseConsentDocument, text ?? '', 'input.document');
  if (formatCanonical(document) !== text) throw new RequestInvalid('input.document', 'canonical JSON (RFC 8785)');
  assertOpening(consent.document, consentDocumentPreimage(document), 'consent document');
  return document;
}

/** What the request commits to; what it says beside that is what the request says. */
function openAsk(text: string, request: AccessRequest): Ask {
  const ask = parseJson(parseAsk, text, 'input.ask');
  if (formatCanonical(ask) !== text) throw new RequestInvalid('input.ask', 'canonical JSON (RFC 8785)');
  assertOpening(request.ask, askPreimage(ask), 'ask');
  if (ask.relationRef !== request.relationRef || ask.purpose !== request.purpose)
    throw new RequestInvalid('input.ask', 'of the same relation and purpose as the request');
  return ask;
}

function openRecord(
  opening: Opening['records'][number] | undefined,
  { anchor, group, status }: RecordFacts,
  { patient, relation }: ReleaseFacts,
  at: number,
): RecordDetails & Pick<RecordAnchor, 'recordId' | 'version'> {
  if (opening === undefined) throw new RequestInvalid(`input.records[${String(at)}]`, 'the opening of a record');
  if (anchor === undefined) throw newError('RECORD_NOT_FOUND', { recordId: opening.recordId, version: opening.version });
  if (!anchor.whole && group?.status !== 'closed') throw newError('GROUP_NOT_CLOSED', { groupId: anchor.groupId });
  if (status?.status === 'entered-in-error') throw newError('RECORD_WITHDRAWN', { at });
  const isOfSubject = isOpening(anchor.subject, subjectPreimage(patient.subjectRef, opening.subjectSalt));
  if (anchor.custodian !== relation.custodian || !isOfSubject) throw newError('RECORD_NOT_OF_SUBJECT', { at });
  assertOpening(anchor.details, detailsPreimage(opening.details, opening.detailsSalt), 'details of a record');
  return {
    ...parseJson(parseRecordDetails, opening.details, `input.records[${String(at)}].details`),
    recordId: opening.recordId,
    version: opening.version,
  };
}
