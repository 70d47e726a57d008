import type { PaymentEntry, SettlementEntry } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { formatPaymentNotice, formatPaymentReconciliation, outcomeOf, paidIdOf, statementNameOf, type PaidStatement } from '../fhir-claims';
import { findStanding, openPayment, openStatement } from '../settlement/open-statement';
import { reconcile } from '../settlement/reconcile';
import type { Place } from '../store';
import { isIn, isOneOf } from './is-asked';
import type { LedgerOptions } from './ledger-options';
import type { PaymentType } from './ledger-types';
import { openIfHere } from './open-if-here';
import type { LedgerSearch } from './parse-ledger-search';

type PaymentSearch = Pick<LedgerSearch, 'ids' | 'identifiers' | 'created' | 'statuses' | 'paymentStatuses' | 'outcomes' | 'count'>;

/** What this organisation's statements were paid, on either side: what was paid last comes first. `after`: where the page before ended. */
export async function pageOfPayments(
  options: LedgerOptions,
  search: PaymentSearch,
  after: string | undefined,
): Promise<{ readonly found: readonly PaidStatement[]; readonly next?: Place }> {
  const found: PaidStatement[] = [];
  for (const entry of listPayments(options, search, after)) {
    for (const paid of await readPaid(options, entry)) {
      if (!isBehind(paid, after) || !isAsked(paid, search)) continue;
      const last = found.at(-1);
      if (last !== undefined && found.length === search.count) return { found, next: { rank: 0, updated: placeOf(last) } };
      found.push(paid);
    }
  }
  return { found };
}

export function presentPayment(type: PaymentType, paid: PaidStatement): JsonObject {
  return type === 'PaymentNotice' ? formatPaymentNotice(paid) : formatPaymentReconciliation(paid);
}

/** By the public entries: others can have written what looks like one. */
function listPayments({ mspId, store: { facts } }: LedgerOptions, search: PaymentSearch, after: string | undefined): PaymentEntry[] {
  const { ids } = search;
  const idOf = ({ hospital, insurer, number }: PaymentEntry): string =>
    facts.find<SettlementEntry>('settlement', `${hospital}/${insurer}`, String(number))?.value.settlementId ?? '';
  const isNamed = (entry: PaymentEntry): boolean => ids === undefined || ids.some((id) => id.startsWith(`${idOf(entry)}-`));
  return facts
    .listType<PaymentEntry>('payment')
    .map(({ value }) => value)
    .filter(({ hospital, insurer, paidAt }) => [hospital, insurer].includes(mspId) && paidAt <= (after?.split(' ')[0] ?? paidAt))
    .filter((entry) => isIn(entry.paidAt, search.created) && isNamed(entry))
    .toSorted((one, other) => compare(other.paidAt, one.paidAt) || compare(nameOf(one), nameOf(other)));
}

/** One for each currency; none where it is not attested by both, or not here. */
async function readPaid(options: LedgerOptions, name: PaymentEntry): Promise<readonly PaidStatement[]> {
  const standing = await findStanding(options, name);
  if (standing?.payment == null) return [];
  const { settlement, payment } = standing;
  const opened = await openIfHere(async () => ({
    document: await openStatement(options, settlement),
    paid: await openPayment(options, settlement, payment),
    ...(await reconcile(options, standing)),
  }));
  if (opened === undefined) return [];
  const { document, paid, received, difference } = opened;
  // Money in a currency that nothing is due in stands in the hospital's own list of what does not reconcile.
  const missing = received === null ? null : difference;
  const currencies = Object.keys(document.totals).toSorted();
  return currencies.map((currency) => ({ settlement, document, payment, paid, currency, difference: missing?.[currency] }));
}

function isAsked(paid: PaidStatement, { ids, identifiers, statuses, paymentStatuses, outcomes }: PaymentSearch): boolean {
  return [
    isOneOf(paidIdOf(paid), ids),
    isOneOf(statementNameOf(paid.payment), identifiers),
    isOneOf('active', statuses),
    isOneOf(paid.payment.status, paymentStatuses),
    isOneOf(outcomeOf(paid), outcomes),
  ].every(Boolean);
}

function isBehind(paid: PaidStatement, after: string | undefined): boolean {
  if (after === undefined) return true;
  const [paidAt = '', ...name] = after.split(' ');
  return paid.payment.paidAt < paidAt || namedIn(paid) > name.join(' ');
}

function placeOf(paid: PaidStatement): string {
  return `${paid.payment.paidAt} ${namedIn(paid)}`;
}

function namedIn({ payment, currency }: PaidStatement): string {
  return `${nameOf(payment)} ${currency}`;
}

function nameOf({ hospital, insurer, number }: PaymentEntry): string {
  return `${hospital} ${insurer} ${String(number).padStart(7, '0')}`;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
