import {
  formatCanonical,
  newError,
  parseCanonical,
  parsePaymentDocument,
  parseSettlementDocument,
  paymentPreimage,
  RequestInvalid,
  settlementPreimage,
  type Commitment,
  type PaymentDocument,
  type SettlementDocument,
  type SettlementEntry,
} from '../model';
import { assertOpening } from '../signature';

type Named = Pick<SettlementDocument, 'settlementId' | 'hospital' | 'insurer' | 'number' | 'previous'>;

/** The document of a statement, as both sign it. @throws COMMITMENT_MISMATCH, RequestInvalid */
export function openSettlement(
  text: string,
  statement: Named & { readonly document: Commitment },
  place = 'input.document',
): SettlementDocument {
  const document = parseCanonical(parseSettlementDocument, text, place);
  assertOpening(statement.document, settlementPreimage(document), 'document of the statement');
  const said = ({ settlementId, hospital, insurer, number, previous }: Named): string =>
    formatCanonical({ settlementId, hospital, insurer, number, previous });
  if (said(document) !== said(statement)) throw new RequestInvalid(place, 'of this statement');
  return document;
}

/** The document of a statement's payment, which pays just what is due. @throws COMMITMENT_MISMATCH, SETTLEMENT_INVALID, RequestInvalid */
export function openPayment(
  text: string,
  document: Commitment,
  settlement: SettlementEntry,
  { totals }: SettlementDocument,
): PaymentDocument {
  const payment = parseCanonical(parsePaymentDocument, text, 'input.document');
  assertOpening(document, paymentPreimage(payment), 'document of the payment');
  const { hospital, insurer, number: n } = settlement;
  if (payment.hospital !== hospital || payment.insurer !== insurer || payment.number !== n)
    throw new RequestInvalid('input.document', 'of this statement');
  if (formatCanonical(payment.amounts) !== formatCanonical(totals))
    throw newError('SETTLEMENT_INVALID', { n, problem: 'has other totals than are paid' });
  return payment;
}
