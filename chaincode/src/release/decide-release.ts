import {
  addMinutes,
  consentDocumentPreimage,
  decideAccess,
  detailsPreimage,
  formatCanonical,
  parseConsentDocument,
  parseJson,
  parseRecordDetails,
  recordsPreimage,
  RequestInvalid,
  subjectPreimage,
  type AccessRequest,
  type Commitment,
  type ConsentDocument,
  type ConsentHeader,
  type Decision,
  type Group,
  type Instant,
  type PatientEntry,
  type RecordAnchor,
  type RecordDetails,
  type RecordStatus,
  type RelationEntry,
  type Rules,
  type TransientInput,
} from '../model';
import { GroupNotClosed, RecordNotFound, RecordNotOfSubject, RecordWithdrawn } from '../record';
import { assertOpening, digestOf, isOpening } from '../signature';
import { ReleaseNotPermitted } from './release-errors';

type Opening = TransientInput<'DecideRelease'>;

/** What the ledger says of a record version. */
export interface RecordFacts {
  readonly anchor: RecordAnchor | undefined;
  readonly group: Group | undefined;
  readonly status: RecordStatus | undefined;
}

/** What a release rests on, all of it checked for signatures and places; `records` are in the order of the opening. */
export interface ReleaseFacts {
  readonly request: AccessRequest;
  readonly relation: RelationEntry;
  readonly patient: PatientEntry;
  readonly consent: ConsentHeader;
  readonly rules: Rules;
  readonly records: readonly RecordFacts[];
}

/**
 * The decision to release. Opens the commitments to document, subjects and details, and runs the rule for every record; both endorsing
 * organisations do the same on what they were sent.
 *
 * @throws CommitmentMismatch, RecordNotFound, GroupNotClosed, RecordWithdrawn, RecordNotOfSubject, ReleaseNotPermitted
 */
export function decideRelease(opening: Opening, facts: ReleaseFacts, at: Instant): Decision {
  const document = openDocument(opening.document, facts.consent);
  facts.records.forEach((record, index) => {
    const details = openRecord(opening.records[index], record, facts, index);
    const { decision, reason } = decideAccess({ ...facts, document, now: at, purpose: facts.request.purpose, record: details });
    if (decision === 'deny') throw new ReleaseNotPermitted(reason, index);
  });
  const { relationRef, requestId, purpose } = facts.request;
  return {
    relationRef,
    requester: facts.request.by.mspId,
    requestId,
    outcome: 'released',
    code: null,
    custodian: facts.relation.custodian,
    purpose,
    consentVersion: facts.consent.version,
    rulesVersion: facts.rules.version,
    deadline: addMinutes(at, facts.rules.deadlines.decisionMinutes),
    records: digestOf(recordsPreimage(opening.records, opening.recordsSalt)) as string as Commitment,
    count: facts.records.length,
    bound: facts.patient.bound.method,
    at,
  };
}

function openDocument(text: string, consent: ConsentHeader): ConsentDocument {
  const document = parseJson(parseConsentDocument, text, 'input.document');
  if (formatCanonical(document) !== text) throw new RequestInvalid('input.document', 'canonical JSON (RFC 8785)');
  assertOpening(consent.document, consentDocumentPreimage(document), 'consent document');
  return document;
}

function openRecord(
  opening: Opening['records'][number] | undefined,
  { anchor, group, status }: RecordFacts,
  { patient, relation }: ReleaseFacts,
  at: number,
): RecordDetails {
  if (opening === undefined) throw new RequestInvalid(`input.records[${String(at)}]`, 'the opening of a record');
  if (anchor === undefined) throw new RecordNotFound(opening.recordId, opening.version);
  if (group?.status !== 'closed') throw new GroupNotClosed(anchor.groupId);
  if (status?.status === 'entered-in-error') throw new RecordWithdrawn(at);
  const isOfSubject = isOpening(anchor.subject, subjectPreimage(patient.subjectRef, opening.subjectSalt));
  if (anchor.custodian !== relation.custodian || !isOfSubject) throw new RecordNotOfSubject(at);
  assertOpening(anchor.details, detailsPreimage(opening.details, opening.detailsSalt), 'details of a record');
  return parseJson(parseRecordDetails, opening.details, `input.records[${String(at)}].details`);
}
