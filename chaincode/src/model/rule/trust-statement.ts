import type { ConsentEntry, PatientEntry, RelationEntry } from '../entry';
import type { Digest } from '../identifiers';
import type { Jwk } from '../jwk';
import type { Signed } from '../signed';
import type { SignedKind } from '../signed-payload';
import { readSigned } from './read-signed';
import { takeStep, withoutHold, type PatientVerifier } from './recovery-steps';
import { findGrant, findProblemOfConsent, type Delegation } from './trust-delegation';
import type { Instant } from '../instant';

// What patients signed counts as they signed it, whoever endorsed the entry that holds it: the same rules in chaincode and gateway.

/** How statements are checked where a rule runs; the model itself computes no signature and no hash. */
export interface StatementVerifier {
  /** ES256 (RFC 7518 section 3.4). False also for a key that is no point of the curve. */
  readonly isSignedBy: (signed: Signed<SignedKind>, key: Jwk) => boolean;
  /** SHA-256 of a statement's payload: the same for every form of its signature. */
  readonly payloadDigestOf: (jws: string) => Digest;
}

/** The relation as its own signed statement says it; nothing when there is no valid one. */
export function trustRelation({ relationRef, jws, createdAt }: RelationEntry, verifier: StatementVerifier): RelationEntry | undefined {
  const signed = readSigned('relation', jws);
  if (signed?.payload.relationRef !== relationRef || !verifier.isSignedBy(signed, signed.payload.keys.signing)) return undefined;
  return { ...signed.payload, jws, createdAt };
}

/** Who may sign for a patient in a relation, and when the consent was recorded. */
export interface Delegates {
  readonly chain: readonly Delegation[];
  readonly at: Instant;
}

/**
 * Tells whether a consent carries the signature that it needs: the relation's signing key, or its recovery key for closing only; the key of the
 * delegate whom it names, if that one might sign it then.
 */
export function isConsentSigned(
  consent: Signed<'consent'>,
  { relationRef, keys }: Pick<RelationEntry, 'relationRef' | 'keys'>,
  { isSignedBy }: StatementVerifier,
  delegates?: Delegates,
): boolean {
  const { payload } = consent;
  if (payload.relationRef !== relationRef) return false;
  if (payload.delegation !== undefined) {
    const grant = findGrant(delegates?.chain ?? [], payload.delegation);
    if (grant === undefined || delegates === undefined) return false;
    return findProblemOfConsent(consent, delegates.chain, delegates.at) === undefined && isSignedBy(consent, grant.key);
  }
  return isSignedBy(consent, keys.signing) || (payload.status === 'closed' && isSignedBy(consent, keys.recovery));
}

/** A version of a consent as it was signed; nothing without the signature that it needs, or at another version's place. */
export function trustConsent(
  { relationRef, version, jws, recordedAt }: ConsentEntry,
  relation: RelationEntry,
  verifier: StatementVerifier,
  chain: readonly Delegation[] = [],
): ConsentEntry | undefined {
  const signed = readSigned('consent', jws);
  if (signed?.payload.version !== version || signed.payload.relationRef !== relationRef) return undefined;
  return isConsentSigned(signed, relation, verifier, { chain, at: recordedAt }) ? { ...signed.payload, jws, recordedAt } : undefined;
}

/**
 * The patient after one more entry: her registration, or what continues it: a replacement of her keys, or a step of guardians, hold and
 * recovery. Nothing when it is neither.
 */
export function continuePatient(
  current: PatientEntry | undefined,
  entry: PatientEntry,
  verifier: PatientVerifier,
): PatientEntry | undefined {
  if (current === undefined) return trustRegistration(entry, verifier);
  return trustReplacement(current, entry.jws, verifier) ?? takeStep(current, entry, verifier);
}

function trustRegistration(entry: PatientEntry, { isSignedBy }: StatementVerifier): PatientEntry | undefined {
  const signed = readSigned('patient', entry.jws);
  if (signed?.payload.subjectRef !== entry.subjectRef || !isSignedBy(signed, signed.payload.keys.signing)) return undefined;
  const { custodian, keys, bound } = signed.payload;
  const { subjectRef, jws, registeredAt, by } = entry;
  return { subjectRef, custodian, keys, bound, jws, registeredAt, by };
}

function trustReplacement(current: PatientEntry, jws: string, verifier: StatementVerifier): PatientEntry | undefined {
  const signed = readSigned('patient-keys', jws);
  if (signed?.payload.subjectRef !== current.subjectRef) return undefined;
  if (signed.payload.previous !== verifier.payloadDigestOf(current.jws)) return undefined;
  const isValid = verifier.isSignedBy(signed, current.keys.signing) || verifier.isSignedBy(signed, current.keys.recovery);
  return isValid ? { ...withoutHold(current), keys: signed.payload.keys, jws } : undefined;
}
