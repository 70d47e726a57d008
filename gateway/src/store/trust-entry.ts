import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import {
  parseSigned,
  payloadBytes,
  type ConsentEntry,
  type Jwk,
  type PatientEntry,
  type RelationEntry,
  type Signed,
  type SignedKind,
} from '@medaccord/chaincode/model';

// What patients signed counts as they signed it, whoever endorsed the entry: the same rules as in the chaincode (relation/trust-relation.ts,
// consent/trust-consent.ts, patient/trace-patient.ts). Synchronous, for a block is applied in one database transaction.

/** The relation as its own signed statement says it; nothing when there is no valid one. */
export function trustRelation({ relationRef, jws, createdAt }: RelationEntry): RelationEntry | undefined {
  const signed = readSigned('relation', jws);
  if (signed?.payload.relationRef !== relationRef || !isSignedBy(signed, signed.payload.keys.signing)) return undefined;
  return { ...signed.payload, jws, createdAt };
}

/** A version of a consent as it was signed; nothing without the signature that it needs, or at another version's place. */
export function trustConsent(
  { relationRef, version, jws, recordedAt }: ConsentEntry,
  { keys }: Pick<RelationEntry, 'keys'>,
): ConsentEntry | undefined {
  const signed = readSigned('consent', jws);
  if (signed?.payload.relationRef !== relationRef || signed.payload.version !== version) return undefined;
  const isByRecovery = signed.payload.status === 'closed' && isSignedBy(signed, keys.recovery);
  return isByRecovery || isSignedBy(signed, keys.signing) ? { ...signed.payload, jws, recordedAt } : undefined;
}

/** The patient after one more entry: her registration, or a replacement of her keys that continues it; nothing when it is neither. */
export function continuePatient(current: PatientEntry | undefined, entry: PatientEntry): PatientEntry | undefined {
  return current === undefined ? trustRegistration(entry) : trustReplacement(current, entry.jws);
}

function trustRegistration(entry: PatientEntry): PatientEntry | undefined {
  const signed = readSigned('patient', entry.jws);
  if (signed?.payload.subjectRef !== entry.subjectRef || !isSignedBy(signed, signed.payload.keys.signing)) return undefined;
  const { custodian, keys, bound } = signed.payload;
  return { ...entry, custodian, keys, bound };
}

function trustReplacement(current: PatientEntry, jws: string): PatientEntry | undefined {
  const signed = readSigned('patient-keys', jws);
  if (signed?.payload.subjectRef !== current.subjectRef || signed.payload.previous !== payloadDigestOf(current.jws)) return undefined;
  const isValid = isSignedBy(signed, current.keys.signing) || isSignedBy(signed, current.keys.recovery);
  return isValid ? { ...current, keys: signed.payload.keys, jws } : undefined;
}

function readSigned<K extends SignedKind>(kind: K, jws: string): Signed<K> | undefined {
  try {
    return parseSigned(kind, jws, kind);
  } catch {
    return undefined;
  }
}

/** ES256 (RFC 7518 section 3.4). False also for a key that is no point of the curve. */
function isSignedBy({ signingInput, signature }: Signed<SignedKind>, key: Jwk): boolean {
  const publicKey = importKey(key);
  if (publicKey === undefined) return false;
  return verify('sha256', Buffer.from(signingInput, 'ascii'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}

function importKey(key: Jwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...key }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** SHA-256 of the statement that a replacement follows. */
function payloadDigestOf(jws: string): string {
  return createHash('sha256').update(payloadBytes(jws)).digest('base64url');
}
