import {
  addMinutes,
  delegationPreimage,
  delegationRef,
  findProblemOfGrant,
  formatCanonical,
  formatInstant,
  formatUtf8,
  RequestInvalid,
  type Category,
  type ConsentHeader,
  type DelegateKind,
  type DelegatePower,
  type DelegationGrant,
  type DelegationOpening,
  type Instant,
  type Jwk,
  type MspId,
  type Period,
  type RelationRef,
} from '@medaccord/chaincode/model';
import { commit, newSalt, seal, signJws, type SigningKey } from '../crypto';
import { deriveKeys } from './derive-keys';
import {
  hashEnvelopes,
  newHeader,
  signVersion,
  SUBMIT_WITHIN_MINUTES,
  type ConsentWish,
  type Recipient,
  type SignedConsent,
} from './sign-consent';
import { findRelation, type Wallet } from './wallet';
import { newLifetime } from './wallet-token';

/** Whom a patient lets act for her in a relation, how far and how long. */
export type DelegationWish = {
  readonly relationRef: RelationRef;
  /** The number after the newest of the relation's chain of delegations. */
  readonly n: number;
  /** The public key that the delegate's wallet made for this relation. */
  readonly key: Jwk;
  readonly kind: DelegateKind;
  readonly powers: readonly DelegatePower[];
  readonly validity: Period;
  /** Categories that the delegate neither sees nor decides. */
  readonly withheld: readonly Category[];
  /** When the patient comes of age, if she has not. */
  readonly majority: Instant | null;
};

/** What is handed to a gateway (POST /api/delegations). */
export type SignedDelegation = { readonly delegation: string; readonly opening: string | null };

/** What a delegate acts by: the relation and the number of the delegation in it. */
export type Delegated = { readonly relationRef: RelationRef; readonly delegation: number };

/** Signs a delegation. @throws {WalletUnknown}, {RequestInvalid} when the wish is not a delegation */
export async function signDelegation(wallet: Wallet, wish: DelegationWish, custodian: Recipient): Promise<SignedDelegation> {
  const { relationRef, n, kind, withheld, majority, key, powers, validity } = wish;
  const { signing } = await deriveKeys(wallet.seed, findRelation(wallet, relationRef).relationRef);
  const opening: DelegationOpening = { relationRef, n, kind, withheld, majority, salt: newSalt() };
  const context = { ...delegationRef(relationRef, n), recipient: custodian.mspId };
  const envelope = await seal(custodian.key, context, formatUtf8(formatCanonical(opening)));
  const grant: DelegationGrant = {
    ...newStatement({ relationRef, n }),
    act: 'grant',
    key,
    powers,
    validity,
    opening: await commit(delegationPreimage(opening)),
    sealed: await hashEnvelopes({ [custodian.mspId]: envelope }),
  };
  const problem = findProblemOfGrant(grant, opening);
  if (problem !== undefined) throw new RequestInvalid('delegation', `one that does not say: ${problem}`);
  return { delegation: await signJws('delegation', grant, signing), opening: envelope };
}

/**
 * Signs the end of a delegation. `after` is the newest version of the consent: what the delegate signed until then stands until the
 * patient supersedes it, what comes later counts nowhere. @throws {WalletUnknown}
 */
export async function endDelegation(
  wallet: Wallet,
  end: { readonly relationRef: RelationRef; readonly n: number; readonly of: number; readonly after: number },
): Promise<SignedDelegation> {
  const { signing } = await deriveKeys(wallet.seed, findRelation(wallet, end.relationRef).relationRef);
  const { of, after, ...place } = end;
  return { delegation: await signJws('delegation', { ...newStatement(place), act: 'end', of, after }, signing), opening: null };
}

/** The key by which a wallet acts for somebody else in one relation; a key for each, so that nobody can join them. */
export async function deriveDelegateKey(wallet: Wallet, relationRef: string): Promise<SigningKey> {
  return (await deriveKeys(wallet.seed, `delegate/${relationRef}`)).signing;
}

/** A bearer token of a delegate at one member's gateway, good for five minutes. */
export async function newDelegateToken(wallet: Wallet, { relationRef, delegation }: Delegated, audience: MspId): Promise<string> {
  const key = await deriveDelegateKey(wallet, relationRef);
  return signJws('wallet-token', { relationRef, delegation, audience, ...newLifetime() }, key);
}

/** Signs, for the patient, a version of her consent. @throws {RequestInvalid} when the wish is not a consent document */
export async function signConsentFor(
  wallet: Wallet,
  { relationRef, delegation, version }: Delegated & { readonly version: number },
  wish: ConsentWish & { readonly recipients: readonly Recipient[] },
): Promise<SignedConsent> {
  const key = await deriveDelegateKey(wallet, relationRef);
  return signVersion({ relationRef, consentVersion: version, delegation }, key, wish);
}

/** Signs, for the patient, that nothing is permitted from this version on. */
export async function revokeConsentFor(
  wallet: Wallet,
  { relationRef, delegation, version }: Delegated & { readonly version: number },
): Promise<SignedConsent> {
  const header: ConsentHeader = { ...newHeader(relationRef, version, 'revoked'), delegation };
  return { consent: await signJws('consent', header, await deriveDelegateKey(wallet, relationRef)), documents: {} };
}

function newStatement<P extends { readonly relationRef: RelationRef; readonly n: number }>(
  place: P,
): P & Pick<DelegationGrant, 'confirmedBy' | 'submitBy' | 'issuedAt'> {
  const issuedAt = formatInstant(Date.now());
  return { ...place, confirmedBy: null, submitBy: addMinutes(issuedAt, SUBMIT_WITHIN_MINUTES), issuedAt };
}
