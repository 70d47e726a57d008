import {
  bindingPreimage,
  bindingRef,
  consentDocumentPreimage,
  consentDocumentRef,
  decisionKey,
  formatInstant,
  parseConsentDocument,
  parseJson,
  parseSigned,
  recordKey,
  type Category,
  type Decision,
  type Instant,
  type Obligation,
  type RecordAnchor,
  type RecordDetails,
  type RelationEntry,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { assertOpens, open, type SealingKey } from '../crypto';
import { newError } from '../problem';
import { openRecord } from '../record/open-record';
import { findEndingOf, type Facts } from '../store';
import { listParts, openPart, readDecided, type DeliveredOptions } from './delivered';
import { wrapContext, type DeliveredRecord } from './openings';

export interface ReadReleaseOptions extends DeliveredOptions {
  readonly key: SealingKey;
}

export interface ReleasedResource {
  readonly recordId: string;
  readonly version: number;
  readonly category: Category;
  /** The resource, text exactly as anchored. */
  readonly resource: string;
  /** What whoever receives it must keep to. */
  readonly obligations: readonly Obligation[];
}

/** A resource with what it is decided on. */
export interface OpenedResource extends ReleasedResource {
  /** Canonical text of its details. */
  readonly details: string;
  readonly anchoredAt: Instant;
}

/** What was delivered for a request, opened and checked. */
export interface OpenedRelease {
  readonly decision: Decision;
  readonly receipt: string;
  readonly resources: readonly OpenedResource[];
}

/** What a request got. */
export interface Release {
  /** The custodian's signed receipt: what went to whom, on which consent and for what. */
  readonly receipt: string;
  /** The consent that the receipt names, canonical text; null when its document has not arrived. */
  readonly consent: string | null;
  readonly resources: readonly ReleasedResource[];
}

/** What a request got, for whoever asked. @throws CodedError as `openRelease` */
export async function readRelease(options: ReadReleaseOptions, requestId: string): Promise<Release> {
  const { receipt, resources } = await openRelease(options, requestId);
  const shown = resources.map(({ details: _details, anchoredAt: _anchoredAt, ...resource }) => resource);
  return { receipt, consent: await readConsent(options, receipt), resources: shown };
}

/**
 * Opens what was delivered for a request of this organisation and checks all of it against the ledger: receipt, envelopes, list of records,
 * anchors, groups, subject, data keys, content. Nothing is read of what ended.
 * @throws CodedError RESOURCE_NOT_FOUND, RELEASE_REFUSED, RELEASE_NOT_READY, RELEASE_ENDED, RECEIPT_MISSING, CONTENT_NOT_ANCHORED;
 * DecryptFailed
 */
export async function openRelease(options: ReadReleaseOptions, requestId: string): Promise<OpenedRelease> {
  const { decision, relation, receipt } = findReleased(options, requestId);
  const subjectRef = await readSubject(options, relation);
  const { records } = await readDecided(options, decision);
  const delivered = (await Promise.all(listParts(options, decision).map((part) => openPart(options, part)))).flat();
  const isListed = records.every(({ recordId, version }, at) => delivered[at]?.recordId === recordId && delivered[at].version === version);
  if (delivered.length !== records.length || !isListed)
    throw newError('CONTENT_NOT_ANCHORED', 'The delivery is not the list of records that was decided');
  const resources = await Promise.all(
    delivered.map(async (record, at) => {
      const { obligations = [] } = records[at] ?? {};
      return { ...(await openDelivered(options, record, { decision, subjectRef })), obligations };
    }),
  );
  return { decision, receipt, resources };
}

/** The scope of the consent, as the receipt commits to it. */
async function readConsent({ sealed }: ReadReleaseOptions, receipt: string): Promise<string | null> {
  const { relationRef, consent } = parseSigned('disclosure-receipt', receipt, 'receipt').payload;
  const text = consent.document === null ? undefined : await sealed.openText(consentDocumentRef(relationRef, consent.version));
  if (text === undefined || consent.document === null) return null;
  await assertOpens(consent.document, consentDocumentPreimage(parseJson(parseConsentDocument, text, 'consent')));
  return text;
}

interface Found {
  readonly decision: Decision;
  readonly relation: RelationEntry;
  readonly receipt: string;
}

function findReleased({ facts, mspId }: ReadReleaseOptions, requestId: string): Found {
  const request = facts.findRequest(mspId, requestId)?.value;
  if (request?.by.mspId !== mspId) throw newError('RESOURCE_NOT_FOUND', 'This organisation made no such request');
  const { relationRef } = request;
  const decision = facts.findKey<Decision>(decisionKey(relationRef, mspId, request.requestId))?.value;
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  if (decision === undefined || relation === undefined) throw notReady();
  if (decision.outcome === 'refused') throw newError('RELEASE_REFUSED', 'The request was refused', { details: { code: decision.code } });
  if (!facts.isDelivered(decision)) throw notReady();
  return { decision, relation, receipt: assertHandedOut(facts, decision) };
}

/** Gives the receipt of a release that nothing ended. */
function assertHandedOut(facts: Facts, decision: Decision): string {
  const ending = findEndingOf(facts, decision, formatInstant(Date.now()));
  if (ending !== undefined) {
    const { reason } = ending;
    throw newError('RELEASE_ENDED', 'The patient ended this release, or its time is over; its copy is deleted', { details: { reason } });
  }
  if (decision.receipt === null)
    throw newError('RECEIPT_MISSING', 'The decision carries no valid receipt of the custodian; nothing is handed out without one');
  return decision.receipt;
}

function notReady(): Error {
  return newError('RELEASE_NOT_READY', 'The request is not decided or not delivered yet; ask again');
}

/** Whose records they are, from the binding that the relation commits to. */
async function readSubject({ sealed }: ReadReleaseOptions, relation: RelationEntry): Promise<SubjectRef> {
  const jws = await sealed.openText(bindingRef(relation.relationRef));
  if (jws === undefined) throw newError('RELEASE_NOT_READY', 'The binding of the relation has not arrived yet; ask again');
  const { payload } = parseSigned('binding', jws, 'binding');
  await assertOpens(relation.binding, bindingPreimage(jws, payload.salt));
  return payload.subjectRef;
}

async function openDelivered(
  { facts, key, mspId }: ReadReleaseOptions,
  record: DeliveredRecord,
  { decision, subjectRef }: { readonly decision: Decision; readonly subjectRef: SubjectRef },
): Promise<Omit<OpenedResource, 'obligations'>> {
  const { recordId, version, envelope, wrap, salts, details } = record;
  const anchor = facts.findKey<RecordAnchor>(recordKey(decision.custodian, recordId, version))?.value;
  if (anchor?.custodian !== decision.custodian || !facts.counts(anchor.custodian, recordId, version)) {
    throw newError('CONTENT_NOT_ANCHORED', 'A delivered record is not anchored by the custodian');
  }
  const dataKey = await open(key, wrapContext(record, decision.requestId, mspId), wrap);
  const resource = await openRecord(anchor, { envelope, dataKey, salts, details, subjectRef });
  const { category } = JSON.parse(details) as RecordDetails;
  return { recordId, version, category, resource, details, anchoredAt: anchor.anchoredAt };
}
