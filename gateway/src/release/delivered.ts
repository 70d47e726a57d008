import {
  decisionRef,
  deliveryRef,
  formatUtf8,
  parseUtf8,
  recordsPreimage,
  type Decision,
  type Delivery,
  type MspId,
} from '@medaccord/chaincode/model';
import { assertOpens, hashBytes } from '../crypto';
import { newError } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts } from '../store';
import type { DecisionOpening, DeliveredRecord, DeliveryOpening } from './openings';

/** Where a counterparty finds what it was delivered. */
export interface DeliveredOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly sealed: SealedReader;
}

/** The parts of a release that are on the ledger, in their order. */
export function listParts({ facts, mspId }: DeliveredOptions, { relationRef, requestId }: Decision): readonly Delivery[] {
  const deliveries = facts.list<Delivery>('delivery', relationRef).map(({ value }) => value);
  return deliveries
    .filter((delivery) => delivery.requester === mspId && delivery.requestId === requestId)
    .sort((one, other) => one.part - other.part);
}

/** What was decided, as it was sealed to this organisation. @throws CodedError RELEASE_NOT_READY; CommitmentMismatch */
export async function readDecided({ sealed }: DeliveredOptions, decision: Decision): Promise<DecisionOpening> {
  const text = await sealed.openText(decisionRef(decision.relationRef, decision.requestId));
  if (text === undefined || decision.records === null)
    throw newError('RELEASE_NOT_READY', 'The opening of the decision has not arrived yet; ask again');
  const opening = JSON.parse(text) as DecisionOpening;
  await assertOpens(decision.records, recordsPreimage(opening.records, opening.recordsSalt));
  return opening;
}

/** The records of one part, still encrypted. @throws CodedError RELEASE_NOT_READY, CONTENT_NOT_ANCHORED; DecryptFailed */
export async function openPart({ sealed }: DeliveredOptions, delivery: Delivery): Promise<readonly DeliveredRecord[]> {
  const { relationRef, requestId, part, envelope: digest } = delivery;
  const ref = deliveryRef(relationRef, requestId, part);
  const [envelope] = await sealed.read([ref]);
  if (envelope === undefined) throw newError('RELEASE_NOT_READY', 'A part of the delivery has not arrived yet; ask again');
  if ((await hashBytes(formatUtf8(envelope))) !== digest)
    throw newError('CONTENT_NOT_ANCHORED', 'A part of the delivery is not the one on the ledger');
  const text = parseUtf8(await sealed.open(ref, envelope));
  return (JSON.parse(text ?? '') as DeliveryOpening).records;
}
