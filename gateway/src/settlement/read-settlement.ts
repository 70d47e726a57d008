import type { PaymentDocument, PaymentEntry, SettlementDocument, SettlementEntry } from '@medaccord/chaincode/model';
import { checkStatement, type DifferingLine } from './check-statement';
import { listDue } from './list-due';
import { listLeftOut } from './list-left-out';
import { findStanding, openPayment, openStatement, readStanding, type Standing } from './open-statement';
import { reconcile, type Reconciled } from './reconcile';
import type { SettlementName, SettlementOptions } from './settlement-options';

/** `paid` and `cleared` are those of HL7's payment status. */
export const settlementStatuses = ['proposed', 'signed', 'paid', 'cleared'] as const;
export type SettlementStatus = (typeof settlementStatuses)[number];

/** A statement without what is in it. */
export interface ListedSettlement extends SettlementName, Reconciled {
  readonly status: SettlementStatus;
  readonly proposedAt: string;
  readonly signedAt: string | null;
  readonly paidAt: string | null;
  readonly clearedAt: string | null;
}

export interface ReadSettlement extends ListedSettlement {
  readonly lines: SettlementDocument['claims'];
  readonly totals: SettlementDocument['totals'];
  /** As long as the hospital has not signed, at the hospital: what it worked out itself, and where that differs. */
  readonly check: { readonly agrees: boolean; readonly lines: readonly DifferingLine[] } | null;
  /** As long as the hospital has not signed, at the insurer: how many claims of all that is due wait for a later statement. */
  readonly waiting: number | null;
  readonly payment: Pick<PaymentDocument, 'amounts' | 'paidOn' | 'reference'> | null;
}

/** The newest statements of this organisation on one side, as both attest to them. */
export async function listSettlements(
  options: SettlementOptions,
  side: 'hospital' | 'insurer',
  most: number,
): Promise<readonly ListedSettlement[]> {
  const own = options.facts.listType<SettlementEntry>('settlement').filter(({ value }) => value[side] === options.mspId);
  const newest = own.toSorted((one, other) => other.block - one.block).slice(0, most);
  return describeAll(
    options,
    newest.map(({ value }) => value),
  );
}

/** The statements whose payment does not reconcile: said to be paid and not cleared, or other money came than was due. A person looks at each. */
export async function listUnreconciled(options: SettlementOptions, side: 'hospital' | 'insurer'): Promise<readonly ListedSettlement[]> {
  const { facts, mspId, store } = options;
  const notified = facts.listType<PaymentEntry>('payment').filter(({ value }) => value[side] === mspId && value.status === 'paid');
  const received = side === 'hospital' ? (await store.received.list()).map((one) => ({ hospital: mspId, ...one })) : [];
  const names = [...notified.map(({ value }) => value), ...received].map(
    (name) => [`${name.insurer}/${String(name.number)}`, name] as const,
  );
  const listed = await describeAll(options, [...new Map(names).values()]);
  return listed.filter(({ status, difference }) => status === 'paid' || difference !== null);
}

/** A statement of this organisation, whole. @throws CodedError SETTLEMENT_NOT_FOUND of the ledger */
export async function readSettlement(options: SettlementOptions, name: SettlementName): Promise<ReadSettlement> {
  const standing = await readStanding(options, name);
  const { settlement, payment } = standing;
  const document = await openStatement(options, settlement);
  const isHospital = name.hospital === options.mspId;
  const isToSign = settlement.signature === null;
  const lines = isToSign && isHospital ? await checkStatement(options, settlement, document) : [];
  return {
    ...(await describeStanding(options, standing)),
    lines: document.claims,
    totals: document.totals,
    check: isToSign && isHospital ? { agrees: lines.length === 0, lines } : null,
    waiting: isToSign && !isHospital ? countWaiting(options, document) : null,
    payment: payment && showPayment(await openPayment(options, settlement, payment)),
  };
}

function countWaiting({ facts }: SettlementOptions, document: SettlementDocument): number {
  return listLeftOut(listDue(facts, document), document.claims, Infinity).length;
}

async function describeAll(options: SettlementOptions, names: readonly SettlementName[]): Promise<readonly ListedSettlement[]> {
  const found = await Promise.all(names.map((name) => findStanding(options, name)));
  return Promise.all(found.flatMap((standing) => standing ?? []).map((standing) => describeStanding(options, standing)));
}

async function describeStanding(options: SettlementOptions, standing: Standing): Promise<ListedSettlement> {
  const { settlement, payment } = standing;
  const { hospital, insurer, number, proposedAt, signedAt } = settlement;
  const { paidAt = null, clearedAt = null } = payment ?? {};
  const status = payment?.status ?? (signedAt === null ? 'proposed' : 'signed');
  const stands = { hospital, insurer, number, status, proposedAt, signedAt, paidAt, clearedAt } as const;
  return { ...stands, ...(await reconcile(options, standing)) };
}

function showPayment({ amounts, paidOn, reference }: PaymentDocument): ReadSettlement['payment'] {
  return { amounts, paidOn, reference };
}
