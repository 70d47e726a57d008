import { DomainError, epochMsOf, parseSigned, type Jwk } from '@medaccord/chaincode/model';
import { verifyJws } from '../crypto';
import { newError } from '../problem';

const longestMs = 5 * 60_000;
const clockToleranceMs = 30_000;

export interface WalletTokenVerifier {
  (token: string): Promise<{ readonly relationRef: string }>;
}

export interface WalletTokenOptions {
  /** The gateway's organisation: a token is for one gateway. */
  readonly mspId: string;
  /** The signing key of a relation, from the ledger. */
  readonly findSigningKey: (relationRef: string) => Jwk | undefined;
  readonly now?: () => number;
}

/** A verifier of the tokens that a wallet signs with a relation's key. It throws CodedError TOKEN_EXPIRED or TOKEN_INVALID. */
export function newWalletTokenVerifier({ mspId, findSigningKey, now = () => Date.now() }: WalletTokenOptions): WalletTokenVerifier {
  return async (token) => {
    const { relationRef, audience, issuedAt, expiresAt } = parseToken(token);
    const key = relationRef === undefined ? undefined : findSigningKey(relationRef);
    if (relationRef === undefined || key === undefined || audience !== mspId) throw invalid();
    await verifyJws('wallet-token', token, key).catch((cause: unknown) => {
      throw invalid(cause);
    });
    const issuedMs = epochMsOf(issuedAt);
    const expiresMs = epochMsOf(expiresAt);
    if (expiresMs - issuedMs > longestMs || issuedMs > now() + clockToleranceMs) throw invalid();
    if (expiresMs < now()) throw newError('TOKEN_EXPIRED', 'Sign a new wallet token');
    return { relationRef };
  };
}

function parseToken(token: string): ReturnType<typeof parseSigned<'wallet-token'>>['payload'] {
  try {
    return parseSigned('wallet-token', token, 'token').payload;
  } catch (cause) {
    if (cause instanceof DomainError) throw invalid(cause);
    throw cause;
  }
}

function invalid(cause?: unknown): Error {
  return newError('TOKEN_INVALID', "Bring a token that the relation's key has signed for this organisation", { cause });
}
