import { flag, integer, list, nullable, object, optional, RequestInvalid, text, type Parsed, type Parser } from './encoding/parser';
import { parseDigest, parseMspId, parseSubjectRef } from './identifiers';
import { parseInstant } from './instant';
import { isSameKey, parseJwk, parseKeys, type Jwk } from './jwk';

// Guardians, hold and recovery of a patient: what is signed for them, and how they stand in her entry. Each statement but an approval and
// the new keys names by `previous` the SHA-256 of the payload of the statement that it follows, so that none comes back.

/** Most guardians of one patient. */
const MOST_GUARDIANS = 10;

const jws = text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS');

const parseGuardianKeys: Parser<readonly Jwk[]> = (value, place) => {
  const keys = list(parseJwk, 0, MOST_GUARDIANS)(value, place);
  if (keys.some((key, at) => keys.slice(0, at).some((other) => isSameKey(key, other))))
    throw new RequestInvalid(place, 'a list without repetitions');
  return keys;
};

const parseGuardiansShape = object({ threshold: integer(1, MOST_GUARDIANS), keys: parseGuardianKeys });

/** Keys that people whom the patient trusts made for this purpose, and how many of them are needed; no keys: no guardians. */
const parseGuardians: Parser<Parsed<typeof parseGuardiansShape>> = (value, place) => {
  const guardians = parseGuardiansShape(value, place);
  if (guardians.keys.length > 0 && guardians.threshold > guardians.keys.length)
    throw new RequestInvalid(`${place}.threshold`, 'no more than there are keys');
  return guardians;
};

const step = { subjectRef: parseSubjectRef, previous: parseDigest, issuedAt: parseInstant };

export const recoveryStatements = {
  /** The patient names her guardians; signed by her signing key. */
  'patient-guardians': object({ ...step, guardians: parseGuardians }),
  /** The custodian stops what her consents release; signed by its organisation. */
  'patient-hold': object(step),
  /** The patient has her keys: ends the hold, and the recovery under it; signed by her signing or her recovery key. */
  'patient-veto': object(step),
  /** Keys that shall become the patient's; signed by the new signing key. */
  'recovery-keys': object({ subjectRef: parseSubjectRef, keys: parseKeys, issuedAt: parseInstant }),
  /**
   * The custodian has seen that the person with the new keys is this patient; signed by its organisation. `keys` is the SHA-256 of the
   * payload of the statement of new keys, `effectiveAt` the end of the delay.
   */
  'recovery-opening': object({ ...step, keys: parseDigest, effectiveAt: parseInstant }),
  /**
   * A guardian (`by` null) or an authority agrees to one opening, with its keys and its delay; `opening` is the SHA-256 of its payload.
   */
  'recovery-approval': object({ subjectRef: parseSubjectRef, opening: parseDigest, by: nullable(parseMspId), issuedAt: parseInstant }),
  /** The custodian ends a recovery that is approved and was not vetoed in time; signed by its organisation. */
  'recovery-completion': object(step),
} as const;

const parseOpenRecovery = object({
  effectiveAt: parseInstant,
  /** The statement of the new keys. */
  keys: jws,
  opening: jws,
  approvals: list(jws, 0, MOST_GUARDIANS),
  /** Whether enough of those who may have approved. */
  isApproved: flag,
});

/** A hold stops what consents permit, and permits nothing; a recovery is open under a hold only. */
const parseHold = object({ at: parseInstant, recovery: nullable(parseOpenRecovery) });

export type Guardians = Parsed<typeof parseGuardians>;
export type OpenRecovery = Parsed<typeof parseOpenRecovery>;
export type Hold = Parsed<typeof parseHold>;

/** What a patient's entry has of them, when there is any. */
export const recoveryFields = { guardians: optional(parseGuardians), hold: optional(parseHold) } as const;
