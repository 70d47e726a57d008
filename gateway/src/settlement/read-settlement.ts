import type { PaymentDocument, SettlementDocument, SettlementEntry } from '@medaccord/chaincode/model';
import { checkStatement, type DifferingLine } from './check-statement';
import { findStanding, openPayment, openStatement, readStanding, type Standing } from './open-statement';
import type { SettlementName, SettlementOptions } from './settlement-options';

/** `paid` and `cleared` are those of HL7's payment status. */
export const settlementStatuses = ['proposed', 'signed', 'paid', 'cleared'] as const;
export type SettlementStatus = (typeof settlementStatuses)[number];

/** A statement without what is in it. */
export interface ListedSettlement extends SettlementName {
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
  const found = await Promise.all(newest.map(({ value }) => findStanding(options, value)));
  return found.flatMap((standing) => standing ?? []).map(describeStanding);
}

/** A statement of this organisation, whole. @throws CodedError SETTLEMENT_NOT_FOUND of the ledger */
export async function readSettlement(options: SettlementOptions, name: SettlementName): Promise<ReadSettlement> {
  const standing = await readStanding(options, name);
  const { settlement, payment } = standing;
  const document = await openStatement(options, settlement);
  const isToSign = name.hospital === options.mspId && settlement.signature === null;
  const lines = isToSign ? await checkStatement(options, settlement, document) : [];
  return {
    ...describeStanding(standing),
    lines: document.claims,
    totals: document.totals,
    check: isToSign ? { agrees: lines.length === 0, lines } : null,
    payment: payment && showPayment(await openPayment(options, settlement, payment)),
  };
}

export function describeStanding({ settlement, payment }: Standing): ListedSettlement {
  const { hospital, insurer, number, proposedAt, signedAt } = settlement;
  const { paidAt = null, clearedAt = null } = payment ?? {};
  const status = payment?.status ?? (signedAt === null ? 'proposed' : 'signed');
  return { hospital, insurer, number, status, proposedAt, signedAt, paidAt, clearedAt };
}

function showPayment({ amounts, paidOn, reference }: PaymentDocument): ReadSettlement['payment'] {
  return { amounts, paidOn, reference };
}
