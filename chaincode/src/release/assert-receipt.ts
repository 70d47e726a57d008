import { isReceiptOf, newError, parseSigned, type Jwk, type receiptOf, type RelationRef, type RequestId } from '../model';
import { statementVerifier } from '../signature';

/** Checks that a receipt is the custodian's and says what is decided. @throws RECEIPT_INVALID, RequestInvalid */
export function assertReceipt(
  jws: string,
  expected: ReturnType<typeof receiptOf>,
  { relationRef, requestId, key }: { relationRef: RelationRef; requestId: RequestId; key: Jwk },
): void {
  const signed = parseSigned('disclosure-receipt', jws, 'input.receipt');
  if (!isReceiptOf(signed, expected, key, statementVerifier)) throw newError('RECEIPT_INVALID', { relationRef, requestId });
}
