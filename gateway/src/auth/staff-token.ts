import { DomainError, parseRequestingPerson, staffRoles, type StaffRole } from '@medaccord/chaincode/model';
import { createLocalJWKSet, errors, importJWK, jwtVerify, SignJWT, type JWK } from 'jose';
import { newError } from '../problem';
import { mayBeLimited, type Staff } from './access';

/** Every gateway is this audience; the issuer tells which organisation's. */
const audience = 'medaccord';
const longestSeconds = 12 * 3600;
const clockToleranceSeconds = 5;

export interface StaffClaims {
  readonly subject: string;
  readonly role: StaffRole;
  readonly department?: string;
  readonly teams?: readonly string[];
  readonly reach?: readonly string[];
}

export interface StaffTokenIssuer {
  readonly mspId: string;
  /** P-256 private key of the organisation, as JWK. */
  readonly key: JWK;
}

/** Signs a bearer token for a member of staff; it lives `seconds`, 12 hours at most. */
export async function signStaffToken(
  { mspId, key }: StaffTokenIssuer,
  { subject, ...claims }: StaffClaims,
  seconds: number,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
    .setIssuer(mspId)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + Math.min(seconds, longestSeconds))
    .sign(await importJWK(key, 'ES256'));
}

export type StaffTokenVerifier = (token: string) => Promise<Staff>;

/**
 * A verifier of bearer tokens that the organisation's own key signed.
 * It throws CodedError TOKEN_EXPIRED, or TOKEN_INVALID whatever else is wrong.
 */
export function newStaffTokenVerifier(mspId: string, publicKey: JWK): StaffTokenVerifier {
  const keys = createLocalJWKSet({ keys: [{ ...publicKey, alg: 'ES256' }] });
  const options = {
    algorithms: ['ES256'],
    issuer: mspId,
    audience,
    requiredClaims: ['sub', 'exp', 'iat', 'role'],
    maxTokenAge: longestSeconds,
    clockTolerance: clockToleranceSeconds,
  };
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, options).catch((cause: unknown) => {
      if (cause instanceof errors.JWTExpired) throw newError('TOKEN_EXPIRED', 'Get a new bearer token', { cause });
      throw newError('TOKEN_INVALID', 'Bring a bearer token that this organisation has signed', { cause });
    });
    const role = staffRoles.find((known) => known === payload.role && known !== 'gateway');
    const subject = payload.sub ?? '';
    if (role === undefined) throw newError('TOKEN_INVALID', 'The bearer token names no known role');
    const { department = null, teams = null, reach = null } = payload;
    return { role, ...parseNames({ person: subject, department, role, teams }), reach: parseReach(role, reach) };
  };
}

/** The rule compares these names; whatever it would not take is refused here. @throws CodedError TOKEN_INVALID */
export function parseNames(names: Readonly<Record<'person' | 'department' | 'role' | 'teams', unknown>>): Omit<Staff, 'role' | 'reach'> {
  try {
    const { person, department, teams } = parseRequestingPerson(names, 'token');
    return { subject: person ?? '', department, teams };
  } catch (error) {
    if (error instanceof DomainError)
      throw newError('TOKEN_INVALID', 'The bearer token names a subject, department or team in no valid form');
    throw error;
  }
}

/** The departments that somebody's reading is limited to. A reach that cannot be kept to is refused, never left out. @throws CodedError TOKEN_INVALID */
export function parseReach(role: StaffRole, reach: unknown): Staff['reach'] {
  if (reach === null) return null;
  const names: readonly unknown[] = Array.isArray(reach) ? reach : [];
  if (!mayBeLimited(role) || names.length === 0 || names.some((name) => typeof name !== 'string'))
    throw newError('TOKEN_INVALID', 'The bearer token has a reach that is no list of departments, or that its role cannot have');
  return names as string[];
}
