import { DomainError, epochMsOf, parseSigned, type Jwk } from '@medaccord/chaincode/model';
import { verifyJws } from '../crypto';
import { newError } from '../problem';
import type { WalletHolder } from './access';

const longestMs = 5 * 60_000;
const clockToleranceMs = 30_000;

export interface WalletTokenVerifier {
  (token: string): Promise<WalletHolder>;
}

export interface WalletTokenOptions {
  /** The gateway's organisation: a token is for one gateway. */
  readonly mspId: string;
  /** The signing key of a relation, or of a delegate who may act in it now, from the ledger. */
  readonly findSigningKey: (holder: WalletHolder) => Jwk | undefined;
  readonly now?: () => number;
}

/** A verifier of the tokens that a wallet signs with a relation's key. It throws CodedError TOKEN_EXPIRED or TOKEN_INVALID. */
export function newWalletTokenVerifier({ mspId, findSigningKey, now = Date.now }: WalletTokenOptions): WalletTokenVerifier {
  return async (token) => {
    const { relationRef, delegation, audience, issuedAt, expiresAt } = parseToken(token);
    const holder = relationRef && { relationRef, ...(delegation !== undefined && { delegation }) };
    const key = holder && findSigningKey(holder);
    if (holder === undefined || key === undefined || audience !== mspId) throw invalid();
    await verifyJws('wallet-token', token, key).catch((cause: unknown) => {
      throw invalid(cause);
    });
    const issuedMs = epochMsOf(issuedAt);
    const expiresMs = epochMsOf(expiresAt);
    if (expiresMs - issuedMs > longestMs || issuedMs > now() + clockToleranceMs) throw invalid();
    if (expiresMs < now()) throw newError('TOKEN_EXPIRED', 'Sign a new wallet token');
    return holder;
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
