import type { ConsentEntry, PatientEntry, RelationEntry } from '../entry';
import type { Digest } from '../identifiers';
import type { Jwk } from '../jwk';
import { parseSigned, type Signed } from '../signed';
import type { SignedKind } from '../signed-payload';
import { takeStep, withoutHold, type PatientVerifier } from './recovery-steps';

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

/** Tells whether a consent carries the signature that it needs: the relation's signing key, or its recovery key for closing only. */
export function isConsentSigned(
  consent: Signed<'consent'>,
  { relationRef, keys }: Pick<RelationEntry, 'relationRef' | 'keys'>,
  { isSignedBy }: StatementVerifier,
): boolean {
  if (consent.payload.relationRef !== relationRef) return false;
  return isSignedBy(consent, keys.signing) || (consent.payload.status === 'closed' && isSignedBy(consent, keys.recovery));
}

/** A version of a consent as it was signed; nothing without the signature that it needs, or at another version's place. */
export function trustConsent(
  { relationRef, version, jws, recordedAt, witness }: ConsentEntry,
  relation: RelationEntry,
  verifier: StatementVerifier,
): ConsentEntry | undefined {
  const signed = readSigned('consent', jws);
  if (signed?.payload.version !== version || signed.payload.relationRef !== relationRef || !isConsentSigned(signed, relation, verifier))
    return undefined;
  return { ...signed.payload, jws, recordedAt, ...(relation.assisted && witness && { witness }) };
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
  const { custodian, keys, bound, assisted } = signed.payload;
  const { subjectRef, jws, registeredAt, by } = entry;
  return { subjectRef, custodian, keys, bound, ...(assisted && { assisted }), jws, registeredAt, by };
}

function trustReplacement(current: PatientEntry, jws: string, verifier: StatementVerifier): PatientEntry | undefined {
  const signed = readSigned('patient-keys', jws);
  if (signed?.payload.subjectRef !== current.subjectRef) return undefined;
  if (signed.payload.previous !== verifier.payloadDigestOf(current.jws)) return undefined;
  const isValid = verifier.isSignedBy(signed, current.keys.signing) || verifier.isSignedBy(signed, current.keys.recovery);
  return isValid ? { ...withoutHold(current), keys: signed.payload.keys, jws } : undefined;
}

function readSigned<K extends SignedKind>(kind: K, jws: string): Signed<K> | undefined {
  try {
    return parseSigned(kind, jws, kind);
  } catch {
    return undefined;
  }
}
