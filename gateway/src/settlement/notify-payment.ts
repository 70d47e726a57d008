import {
  formatCanonical,
  paymentPreimage,
  paymentRef,
  type Day,
  type PaymentDocument,
  type PaymentEntry,
  type Salt,
} from '@medaccord/chaincode/model';
import { commit } from '../crypto';
import { digestOf } from '../ledger/digest';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError } from '../problem';
import { openStatement, readStanding } from './open-statement';
import { sealToBoth } from './seal-to-both';
import type { Amounts, SettlementName, SettlementOptions } from './settlement-options';

/** What was paid, when, and by which reference it is found at the bank: FHIR R4 PaymentNotice.amount, paymentDate and identifier. */
export interface PaymentWish {
  readonly amounts: Amounts;
  readonly paidOn: Day;
  readonly reference: string;
}

/**
 * Says for this insurer that a statement is paid. The same payment once more is the same notice.
 * @throws CodedError PAYMENT_DIFFERS; SETTLEMENT_NOT_FOUND, PAYMENT_ALREADY_NOTIFIED and others of the ledger
 */
export async function notifyPayment(
  options: SettlementOptions,
  name: SettlementName,
  wish: PaymentWish,
  identity: LedgerIdentity,
): Promise<PaymentEntry> {
  const { settlement } = await readStanding(options, name);
  const statement = await openStatement(options, settlement);
  if (formatCanonical(wish.amounts) !== formatCanonical(statement.totals))
    throw newError('PAYMENT_DIFFERS', 'The amount is not what the statement says');
  const { hospital, insurer, number } = name;
  const said = { hospital, insurer, number, ...wish };
  const digest = options.store.key.name('payment', JSON.stringify([settlement.settlementId, formatCanonical(said)]));
  const salt = Buffer.from(digest, 'base64url').subarray(0, 16).toString('base64url') as Salt;
  const payment: PaymentDocument = { ...said, salt };
  const text = formatCanonical(payment);
  const { block, result } = await options.transactions.submit(
    'NotifyPayment',
    { hospital, insurer, number, document: await commit(paymentPreimage(payment)) },
    {
      operation: `payment/${digestOf(text)}`,
      identity,
      organisations: [insurer, hospital],
      mayLag: true,
      input: {
        document: text,
        settlement: formatCanonical(statement),
        sealed: await sealToBoth(options, name, paymentRef(settlement.settlementId), text),
      },
    },
  );
  await options.projector.waitForBlock(block);
  return result;
}
