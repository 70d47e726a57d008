import { newError, type Instant, type Participant, type PaymentEntry, type SettlementEntry, type TransactionRequest } from '../model';
import type { Attested } from '../proof';

/**
 * That the insurer paid a statement; the standing entry when it says the same.
 *
 * @throws CALLER_NOT_INSURER, SETTLEMENT_INVALID, PAYMENT_ALREADY_NOTIFIED
 */
export function notifyPayment(
  { hospital, insurer, number, document }: TransactionRequest<'NotifyPayment'>,
  { settlement, standing }: { readonly settlement: SettlementEntry; readonly standing: Attested<PaymentEntry> },
  by: Participant,
  at: Instant,
): PaymentEntry {
  if (by.mspId !== insurer) throw newError('CALLER_NOT_INSURER', { mspId: by.mspId });
  if (settlement.signature === null) throw newError('SETTLEMENT_INVALID', { n: number, problem: 'is not signed by both' });
  if (standing === undefined)
    return { hospital, insurer, number, document, status: 'paid', by, paidAt: at, clearedBy: null, clearedAt: null };
  if (standing === 'junk' || standing.document !== document) throw newError('PAYMENT_ALREADY_NOTIFIED', { n: number });
  return standing;
}

/** The payment with the hospital's word that it has the money; the standing entry when it gave that. @throws CALLER_NOT_CUSTODIAN */
export function clearPayment(standing: PaymentEntry, by: Participant, at: Instant): PaymentEntry {
  if (by.mspId !== standing.hospital) throw newError('CALLER_NOT_CUSTODIAN', { custodian: standing.hospital });
  return standing.status === 'cleared' ? standing : { ...standing, status: 'cleared', clearedBy: by, clearedAt: at };
}
