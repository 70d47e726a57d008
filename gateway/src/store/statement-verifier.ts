import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { payloadBytes, type Jwk, type StatementVerifier } from '@medaccord/chaincode/model';
import { digestOf } from '../ledger/digest';

/** Checks statements while a block is applied: synchronous, for that is one database transaction. */
export const statementVerifier: StatementVerifier = {
  isSignedBy: ({ signingInput, signature }, key) => {
    const publicKey = importKey(key);
    if (publicKey === undefined) return false;
    return verify('sha256', Buffer.from(signingInput, 'ascii'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  },
  payloadDigestOf: (jws) => digestOf(payloadBytes(jws)),
};

function importKey(key: Jwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...key }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
