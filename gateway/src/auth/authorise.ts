import { newError } from '../problem';
import type { Access, Caller, Staff, WalletHolder } from './access';
import type { StaffTokenVerifier } from './staff-token';
import type { WalletTokenVerifier } from './wallet-token';

export interface Verifiers {
  readonly staff: StaffTokenVerifier;
  readonly wallet: WalletTokenVerifier;
  /** Of the opaque tokens that the embedded OpenID provider gave. */
  readonly signedIn?: (token: string) => Promise<Staff>;
  /** Of the tokens that trusted external issuers gave; undefined when a token is not theirs. */
  readonly external?: (token: string) => Promise<Staff | undefined>;
}

/** The header that tells a wallet's token from a staff token: `{"alg":"ES256","typ":"medaccord-wallet-token+jws"}`. */
const walletHeader = Buffer.from('{"alg":"ES256","typ":"medaccord-wallet-token+jws"}').toString('base64url');

/**
 * Decides who calls and whether this route lets them.
 * @param relationRef the relation that the path names, if it names one
 * @param onKnown is told who calls, before anything is decided
 * @throws CodedError TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED, ROLE_NOT_ALLOWED, ISSUER_UNAVAILABLE
 */
export function newAuthoriser(verifiers: Verifiers) {
  return async (
    access: Access,
    authorization: string | undefined,
    relationRef: string | undefined,
    onKnown?: (caller: Caller) => void,
  ): Promise<Caller> => {
    if (access.by === 'anybody' || access.by === 'signature' || access.by === 'monitor') return { kind: 'anybody' };
    const token = readBearer(authorization);
    const isWallet = token.startsWith(`${walletHeader}.`);
    if (isWallet) {
      const wallet = await verifiers.wallet(token);
      onKnown?.({ kind: 'relation', ...wallet });
      return authoriseWallet(access, wallet, relationRef);
    }
    const staff = await verifyStaff(verifiers, token);
    onKnown?.({ kind: 'staff', ...staff });
    if (access.by === 'relation') throw newError('ROLE_NOT_ALLOWED', 'Only the patient may do that, with a token of this relation');
    if (!access.roles.includes(staff.role)) throw newError('ROLE_NOT_ALLOWED', `This needs the role ${access.roles.join(' or ')}`);
    return { kind: 'staff', ...staff };
  };
}

/** Signed tokens have points; those of the embedded provider have none. */
async function verifyStaff({ staff, signedIn, external }: Verifiers, token: string): Promise<Staff> {
  if (signedIn !== undefined && !token.includes('.')) return signedIn(token);
  return (await external?.(token)) ?? staff(token);
}

export type Authoriser = ReturnType<typeof newAuthoriser>;

function authoriseWallet(access: Access, wallet: WalletHolder, relationRef: string | undefined): Caller {
  if (access.by !== 'relation' && access.by !== 'relation-or-staff') throw newError('ROLE_NOT_ALLOWED', 'Only staff may do that');
  if (wallet.relationRef !== relationRef) throw newError('ROLE_NOT_ALLOWED', 'The token is for another relation');
  if (wallet.delegation !== undefined && access.delegates !== true)
    throw newError('ROLE_NOT_ALLOWED', 'Only the patient herself may do that');
  return { kind: 'relation', ...wallet };
}

function readBearer(authorization: string | undefined): string {
  if (authorization === undefined) throw newError('TOKEN_MISSING', 'Send Authorization: Bearer <token>');
  const token = /^Bearer ([A-Za-z0-9._~+/=-]{1,8192})$/.exec(authorization)?.[1];
  if (token === undefined) throw newError('TOKEN_INVALID', 'Send Authorization: Bearer <token>');
  return token;
}
