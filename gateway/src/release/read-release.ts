import {
  bindingPreimage,
  bindingRef,
  decisionKey,
  decisionRef,
  deliveryRef,
  formatUtf8,
  parseSigned,
  parseUtf8,
  recordKey,
  recordsPreimage,
  type Category,
  type Decision,
  type Delivery,
  type MspId,
  type RecordAnchor,
  type RecordDetails,
  type RelationEntry,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { assertOpens, hashBytes, open, type SealingKey } from '../crypto';
import { newError } from '../problem';
import { openRecord } from '../record/open-record';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts } from '../store';
import { wrapContext, type DecisionOpening, type DeliveredRecord, type DeliveryOpening } from './openings';

export interface ReadReleaseOptions {
  readonly mspId: MspId;
  readonly key: SealingKey;
  readonly facts: Facts;
  readonly sealed: SealedReader;
}

export interface ReleasedResource {
  readonly recordId: string;
  readonly version: number;
  readonly category: Category;
  /** The resource, text exactly as anchored. */
  readonly resource: string;
}

/**
 * Reads what was delivered for a request of this organisation and checks all of it against the ledger: envelopes, list of records, anchors,
 * groups, subject, data keys, content.
 * @throws CodedError RESOURCE_NOT_FOUND, RELEASE_REFUSED, RELEASE_NOT_READY, CONTENT_NOT_ANCHORED; DecryptFailed
 */
export async function readRelease(options: ReadReleaseOptions, requestId: string): Promise<readonly ReleasedResource[]> {
  const { facts } = options;
  const { decision, relation } = findReleased(options, requestId);
  const deliveries = facts.list<Delivery>('delivery', decision.relationRef).map(({ value }) => value);
  const parts = deliveries
    .filter((delivery) => delivery.requester === options.mspId && delivery.requestId === requestId)
    .sort((one, other) => one.part - other.part);
  const subjectRef = await readSubject(options, relation);
  const released = await readReleasedList(options, decision);
  const delivered = (await Promise.all(parts.map((part) => openPart(options, part)))).flat();
  const listed = released.map(({ recordId, version }) => `${recordId}/${String(version)}`);
  if (
    delivered.length !== listed.length ||
    delivered.some(({ recordId, version }, at) => listed[at] !== `${recordId}/${String(version)}`)
  ) {
    throw newError('CONTENT_NOT_ANCHORED', 'The delivery is not the list of records that was decided');
  }
  return Promise.all(delivered.map((record) => openDelivered(options, record, { decision, subjectRef })));
}

function findReleased({ facts, mspId }: ReadReleaseOptions, requestId: string): { decision: Decision; relation: RelationEntry } {
  const request = facts.findRequest(mspId, requestId)?.value;
  if (request?.by.mspId !== mspId) throw newError('RESOURCE_NOT_FOUND', 'This organisation made no such request');
  const { relationRef } = request;
  const decision = facts.findKey<Decision>(decisionKey(relationRef, mspId, request.requestId))?.value;
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  if (decision === undefined || relation === undefined) throw notReady();
  if (decision.outcome === 'refused') throw newError('RELEASE_REFUSED', 'The request was refused', { details: { code: decision.code } });
  if (!facts.isDelivered(decision)) throw notReady();
  return { decision, relation };
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

async function readReleasedList({ sealed }: ReadReleaseOptions, decision: Decision): Promise<DecisionOpening['records']> {
  const text = await sealed.openText(decisionRef(decision.relationRef, decision.requestId));
  if (text === undefined || decision.records === null)
    throw newError('RELEASE_NOT_READY', 'The opening of the decision has not arrived yet; ask again');
  const { records, recordsSalt } = JSON.parse(text) as DecisionOpening;
  await assertOpens(decision.records, recordsPreimage(records, recordsSalt));
  return records;
}

async function openPart(
  { sealed }: ReadReleaseOptions,
  { relationRef, requestId, part, envelope: digest }: Delivery,
): Promise<readonly DeliveredRecord[]> {
  const ref = deliveryRef(relationRef, requestId, part);
  const [envelope] = await sealed.read([ref]);
  if (envelope === undefined) throw newError('RELEASE_NOT_READY', 'A part of the delivery has not arrived yet; ask again');
  if ((await hashBytes(formatUtf8(envelope))) !== digest)
    throw newError('CONTENT_NOT_ANCHORED', 'A part of the delivery is not the one on the ledger');
  const text = parseUtf8(await sealed.open(ref, envelope));
  return (JSON.parse(text ?? '') as DeliveryOpening).records;
}

async function openDelivered(
  { facts, key, mspId }: ReadReleaseOptions,
  record: DeliveredRecord,
  { decision, subjectRef }: { readonly decision: Decision; readonly subjectRef: SubjectRef },
): Promise<ReleasedResource> {
  const { recordId, version, envelope, wrap, salts, details } = record;
  const anchor = facts.findKey<RecordAnchor>(recordKey(decision.custodian, recordId, version))?.value;
  if (anchor?.custodian !== decision.custodian || !facts.counts(anchor.custodian, recordId, version)) {
    throw newError('CONTENT_NOT_ANCHORED', 'A delivered record is not anchored by the custodian');
  }
  const dataKey = await open(key, wrapContext(record, decision.requestId, mspId), wrap);
  const resource = await openRecord(anchor, { envelope, dataKey, salts, details, subjectRef });
  return { recordId, version, category: (JSON.parse(details) as RecordDetails).category, resource };
}
