import { delegationRef, parseSigned, type DelegationStatement, type RelationEntry } from '@medaccord/chaincode/model';
import { verifyJws } from '../crypto';
import { digestOf } from '../ledger/digest';
import { newError } from '../problem';
import { deliverSoon } from '../sealed/deliver-soon';
import type { DeliveryStatus } from '../sealed/mailer';
import type { Parcel } from '../store';
import type { RelationOptions } from './register-relation';

/** A delegation or its end, with what is sealed to the custodian. */
export interface SignedDelegation {
  readonly delegation: string;
  /** The custodian's envelope; null with an end, which seals nothing. */
  readonly opening: string | null;
}

export interface RecordedDelegation {
  readonly relationRef: string;
  readonly n: number;
  readonly transactionId: string;
  readonly block: number;
  /** Of the opening at the custodian; null with an end. */
  readonly delivery: DeliveryStatus | null;
}

/** Puts a delegation, or its end, that the patient signed on the ledger. Any member's gateway may. */
export async function recordDelegation(
  options: RelationOptions,
  { delegation, opening }: SignedDelegation,
  findRelation: (relationRef: string) => RelationEntry | undefined,
): Promise<RecordedDelegation> {
  const statement = parseSigned('delegation', delegation, 'body.delegation').payload;
  const relation = findRelation(statement.relationRef);
  if (relation === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is on the ledger');
  await verifyJws('delegation', delegation, relation.keys.signing);
  const parcels = newParcels(statement, relation, opening);
  await options.mailer.put(parcels);
  const operation = `delegation/${statement.relationRef}/${String(statement.n)}/${digestOf(delegation)}`;
  const done = await options.transactions.submit('RecordDelegation', { delegation }, { operation, mayLag: true });
  return finish(options, parcels, { ...statement, ...done });
}

/** What has to reach the custodian: nothing with an end. @throws CodedError when it is not what the statement names */
export function newParcels(statement: DelegationStatement, { custodian }: RelationEntry, opening: string | null): readonly Parcel[] {
  const named = statement.act === 'grant' ? statement.sealed[custodian] : undefined;
  if (named !== (opening === null ? undefined : digestOf(opening)))
    throw newError('REQUEST_INVALID', 'body.opening: is not the envelope that the statement names for the custodian', {
      details: { problems: [{ place: 'body.opening', problem: 'is not what the statement names' }] },
    });
  if (opening === null) return [];
  return [{ ...delegationRef(statement.relationRef, statement.n), kind: 'delegation', organisation: custodian, envelope: opening }];
}

export async function finish(
  { mailer, projector }: RelationOptions,
  parcels: readonly Parcel[],
  { relationRef, n, transactionId, block }: Omit<RecordedDelegation, 'delivery'>,
): Promise<RecordedDelegation> {
  const delivering = deliverSoon(mailer, parcels);
  await projector.waitForBlock(block);
  const [delivered] = await delivering;
  return { relationRef, n, transactionId, block, delivery: delivered?.status ?? null };
}
