import { formatInstant } from '@medaccord/chaincode/model';
import { differenceOf } from './difference-of';
import { openStatement, readStanding } from './open-statement';
import type { Amounts, SettlementName, SettlementOptions } from './settlement-options';

/**
 * Writes down for this hospital what has come in all for a statement. Where that is what the statement says, and the insurer says that it
 * paid, the payment is cleared; else it stays before this hospital's people with its difference, also where more comes once it was cleared.
 * @throws CodedError SETTLEMENT_NOT_FOUND and others of the ledger
 */
export async function receivePayment(options: SettlementOptions, name: SettlementName, amounts: Amounts): Promise<void> {
  const { facts, projector, store, transactions } = options;
  const { settlement, payment } = await readStanding(options, name);
  const { totals } = await openStatement(options, settlement);
  const { hospital, insurer, number } = name;
  // First, so that what came is not forgotten if this gateway dies on the way.
  await store.received.put({ insurer, number, amounts, at: formatInstant(facts.newestTime) });
  if (payment === null || Object.keys(differenceOf(amounts, totals)).length > 0) return;
  const { block } = await transactions.submit(
    'ClearPayment',
    { hospital, insurer, number },
    { operation: `clear/${settlement.settlementId}`, organisations: [hospital, insurer], mayLag: true },
  );
  await projector.waitForBlock(block);
  await store.received.remove(insurer, number);
}
