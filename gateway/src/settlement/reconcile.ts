import { differenceOf } from './difference-of';
import { openStatement, type Standing } from './open-statement';
import type { Amounts, SettlementOptions } from './settlement-options';

/** What came for a statement, and whether that is what was due. */
export interface Reconciled {
  /** What this hospital wrote down that came, until that is what was due and has cleared the payment. */
  readonly received: { readonly amounts: Amounts; readonly at: string } | null;
  /** At the hospital, for what came or was said to be paid, as long as it does not reconcile: what came less what is due. */
  readonly difference: Amounts | null;
}

const reconciled: Reconciled = { received: null, difference: null };

/** At the hospital: what is open about the money of a statement. */
export async function reconcile(
  options: Pick<SettlementOptions, 'mspId' | 'sealed'> & { readonly store: Pick<SettlementOptions['store'], 'received'> },
  { settlement, payment }: Standing,
): Promise<Reconciled> {
  const { hospital, insurer, number } = settlement;
  if (hospital !== options.mspId) return reconciled;
  const received = await options.store.received.find(insurer, number);
  if (received === undefined && payment?.status !== 'paid') return reconciled;
  const difference = differenceOf(received?.amounts ?? {}, (await openStatement(options, settlement)).totals);
  if (payment?.status === 'cleared' && Object.keys(difference).length === 0) return reconciled;
  return { received: showReceived(received), difference };
}

function showReceived(received: Reconciled['received'] | undefined): Reconciled['received'] {
  return received ? { amounts: received.amounts, at: received.at } : null;
}
