import {
  decisionRef,
  deliveryKey,
  deliveryRef,
  formatCanonical,
  formatUtf8,
  recordsPreimage,
  type Decision,
  type Organisation,
  type RecordId,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import { assertOpens, seal } from '../crypto';
import { newLanes } from '../ledger/lanes';
import type { Transactions } from '../ledger/transactions';
import { newError } from '../problem';
import type { RecordReader } from '../record/record-reader';
import type { SealedReader } from '../sealed/sealed-reader';
import type { ClinicalIndex, Facts, IndexedRecord } from '../store';
import { findSealingKey } from '../sealed/find-sealing-key';
import { wrapContext, type DecisionOpening, type DeliveredRecord, type DeliveryOpening } from './openings';

/** Bounds of one part: a batch that one transaction carries easily. */
const partRecords = 50;
const partCharacters = 6 * 1024 * 1024;
/** Parts on their way at once. */
const lanesInFlight = 4;

export interface DeliverOptions {
  readonly facts: Facts;
  readonly index: ClinicalIndex;
  readonly sealed: SealedReader;
  readonly records: RecordReader;
  readonly transactions: Transactions;
}

/**
 * Delivers what a decision released, part by part, each one fresh envelope to the counterparty; parts that are on the ledger already are
 * left out, so that it can go on after any interruption.
 * @throws CodedError; DECISION_EXPIRED, RELEASE_NOT_PERMITTED, CONSENT_NOT_CURRENT and the like: the decision is withdrawn
 */
export async function deliver(options: DeliverOptions, decision: Decision, records: DecisionOpening['records']): Promise<void> {
  const { facts } = options;
  const relation = need(facts.find<RelationEntry>('relation', decision.relationRef)?.value);
  const counterparty = need(facts.find<Organisation>('organisation', relation.counterparty)?.value);
  const parts = await newParts(options, records);
  const lane = newLanes(lanesInFlight);
  const outcomes = await Promise.allSettled(
    parts.map((part, at) =>
      lane(() => deliverPart(options, { decision, relation, counterparty, part, number: at + 1, parts: parts.length })),
    ),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

interface Part {
  readonly decision: Decision;
  readonly relation: RelationEntry;
  readonly counterparty: Organisation;
  readonly part: readonly Opened[];
  readonly number: number;
  readonly parts: number;
}

async function deliverPart(
  { facts, transactions }: DeliverOptions,
  { decision, relation, counterparty, part, number, parts }: Part,
): Promise<void> {
  const { relationRef, requester, requestId } = decision;
  if (facts.findKey(deliveryKey(relationRef, requester, requestId, number)) !== undefined) return;
  const plain = formatUtf8(formatCanonical(await newOpening(part, requestId, counterparty)));
  const context = { ...deliveryRef(relationRef, requestId, number), recipient: relation.counterparty };
  await transactions.submit(
    'DeliverRecords',
    { relationRef, requestId, part: number, parts },
    {
      operation: `deliver/${relationRef}/${requestId}/${String(number)}`,
      organisations: [relation.custodian, relation.counterparty],
      mayLag: true,
      input: { envelope: await seal(findSealingKey(counterparty.encryption), context, plain) },
    },
  );
}

/** What a decision released. @throws CodedError CONTENT_NOT_ANCHORED when it is not what the decision commits to */
export async function readOpening(
  sealed: SealedReader,
  { relationRef, requestId, records: commitment }: Decision,
): Promise<DecisionOpening> {
  const text = await sealed.openText(decisionRef(relationRef, requestId));
  if (text === undefined || commitment === null) throw newError('CONTENT_NOT_ANCHORED', 'The opening of a decision is missing');
  const opening = JSON.parse(text) as DecisionOpening;
  await assertOpens(commitment, recordsPreimage(opening.records, opening.recordsSalt));
  return opening;
}

type Opened = { readonly record: IndexedRecord; readonly opening: Awaited<ReturnType<RecordReader['openAll']>>[number] };

/** Always the same parts for the same decision: a part keeps its number across restarts. */
async function newParts({ index, records }: DeliverOptions, released: DecisionOpening['records']): Promise<readonly (readonly Opened[])[]> {
  const indexed = released.map(({ recordId, version }) => need(index.findVersion(recordId, version)));
  const openings = await records.openAll(indexed);
  const parts: Opened[][] = [];
  let size = 0;
  indexed.forEach((record, at) => {
    const opening = need(openings[at]);
    const last = parts.at(-1);
    size += opening.envelope.length;
    if (last !== undefined && last.length < partRecords && size <= partCharacters) {
      last.push({ record, opening });
    } else {
      parts.push([{ record, opening }]);
      size = opening.envelope.length;
    }
  });
  return parts;
}

async function newOpening(part: readonly Opened[], requestId: string, counterparty: Organisation): Promise<DeliveryOpening> {
  const key = findSealingKey(counterparty.encryption);
  const records = part.map(async ({ record, opening }): Promise<DeliveredRecord> => {
    const recordVersion = { recordId: record.recordId as RecordId, version: record.version };
    const wrap = await seal(key, wrapContext(recordVersion, requestId, counterparty.mspId), opening.dataKey);
    return { ...recordVersion, envelope: opening.envelope, wrap, salts: opening.salts, details: opening.details };
  });
  return { records: await Promise.all(records) };
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw newError('INTERNAL', 'What a delivery needs is not at hand yet');
  return value;
}
