import type { DelegatePower, DelegationEnd, DelegationGrant, DelegationStatement } from '../delegation';
import type { DelegationEntry, RelationEntry } from '../entry';
import { isWithin, type Instant } from '../instant';
import { isSameKey, type Keys } from '../jwk';
import type { Signed } from '../signed';
import { readSigned } from './read-signed';
import type { PatientVerifier } from './recovery-steps';
import { isOfficial } from './trust-official';

/** A statement of a relation's chain of delegations that counts. */
export type Delegation = DelegationStatement & Pick<DelegationEntry, 'jws' | 'confirmation' | 'recordedAt'>;

/** Why a delegate may not do something; nothing else distinguishes one who never was one. */
export type DelegateProblem = 'unknown' | 'not-yet-valid' | 'expired' | 'ended' | 'power';

/** A statement as it was signed by the patient, or by custodian and authority; nothing without the signatures that it needs. */
export function trustDelegation(
  { relationRef, n, jws, confirmation, recordedAt }: DelegationEntry,
  relation: Pick<RelationEntry, 'custodian' | 'keys'>,
  verifier: PatientVerifier,
): Delegation | undefined {
  const signed = readSigned('delegation', jws);
  if (signed?.payload.relationRef !== relationRef || signed.payload.n !== n) return undefined;
  const { payload } = signed;
  if (payload.act === 'grant' && isKeyOf(relation.keys, payload)) return undefined;
  const isSigned =
    payload.confirmedBy === null
      ? confirmation === null && verifier.isSignedBy(signed, relation.keys.signing)
      : isOfficial('delegation', { jws, confirmation }, relation.custodian, verifier);
  return isSigned ? { ...payload, jws, confirmation, recordedAt } : undefined;
}

/** Tells whether a grant names one of the relation's own keys: whoever acted could not be told apart. */
export function isKeyOf({ signing, sealing, recovery }: Keys, { key }: DelegationGrant): boolean {
  return [signing, sealing, recovery].some((own) => isSameKey(own, key));
}

/** The grant of a number. */
export function findGrant(chain: readonly Delegation[], n: number): (DelegationGrant & Delegation) | undefined {
  return chain.find((one): one is DelegationGrant & Delegation => one.act === 'grant' && one.n === n);
}

/** What ends a grant before its time: the patient ends any, custodian and authority end what they appointed. */
export function findEnds(chain: readonly Delegation[], grant: DelegationGrant): readonly DelegationEnd[] {
  return chain.filter(
    (one): one is DelegationEnd & Delegation =>
      one.act === 'end' && one.of === grant.n && (one.confirmedBy === null || grant.confirmedBy !== null),
  );
}

/** What a delegate wants to do, and when. `version`: of the consent that is signed; without it every end counts. */
export interface DelegateAct {
  readonly delegation: number;
  /** None: whatever is open to any delegate. */
  readonly power?: DelegatePower;
  readonly at: Instant;
  readonly version?: number;
}

/** Why a delegate may not act so; nothing when nothing is against it. Whose signature it is has to be checked beside. */
export function findProblemOfDelegate(
  chain: readonly Delegation[],
  { delegation, power, at, version }: DelegateAct,
): DelegateProblem | undefined {
  const grant = findGrant(chain, delegation);
  if (grant === undefined) return 'unknown';
  if (findEnds(chain, grant).some(({ after }) => version === undefined || version > after)) return 'ended';
  if (!isWithin(grant.validity, at)) return at < grant.validity.from ? 'not-yet-valid' : 'expired';
  return power !== undefined && !grant.powers.includes(power) ? 'power' : undefined;
}

/** Why a delegate may not have signed a consent that was recorded at an instant. */
export function findProblemOfConsent(consent: Signed<'consent'>, chain: readonly Delegation[], at: Instant): DelegateProblem | undefined {
  const { delegation, version, status } = consent.payload;
  if (delegation === undefined) return 'unknown';
  // Nobody but the patient closes.
  if (status === 'closed') return 'power';
  return findProblemOfDelegate(chain, { delegation, version, at, power: status === 'revoked' ? 'revoke' : 'consent' });
}
