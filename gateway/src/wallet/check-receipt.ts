import type { Jwk } from '@medaccord/chaincode/model';
import { verifyJws } from '../crypto';

/** Tells whether a receipt is of a request and signed by an organisation's key. A key that was replaced since does not verify it any more. */
export async function isReceiptSigned(receipt: string, requestId: string, key: Jwk): Promise<boolean> {
  try {
    return (await verifyJws('disclosure-receipt', receipt, key)).requestId === requestId;
  } catch {
    return false;
  }
}
