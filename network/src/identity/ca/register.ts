import type { z } from 'zod';
import { authenticateByToken } from './authenticate';
import { CaCode, CaRefusal, newAuthorizationRefusal } from './ca-refusal';
import { bodies, parseBody, type CaRequest } from './ca-request';
import { withFixedAttributes, type CertificateAuthority } from './certificate-authority';
import type { IdentityRecord } from './identity-record';
import { canActOnAffiliation, canActOnType, objectionToAttributes } from './registrar-rules';
import { hashSecret, newSecret } from './secret-hash';

type RegisterBody = z.output<typeof bodies.register>;

export interface Registration {
  readonly identity: IdentityRecord;
  readonly secret: string;
}

/** Registers an identity; the secret in the result is the only copy there is (fabric-ca/lib/serverregister.go). */
export async function register(ca: CertificateAuthority, request: CaRequest): Promise<{ secret: string }> {
  const body = parseBody(bodies.register, request.body);
  const { identity } = authenticateByToken(ca, request);
  const { secret } = await registerIdentity(ca, identity, body);
  return { secret };
}

/**
 * Registers an identity for a caller who was authenticated.
 *
 * @throws {@link CaRefusal} 403/71 when the caller may not, 409/74 when the id is taken, 400/82 for an impossible number of enrolments.
 */
export async function registerIdentity(ca: CertificateAuthority, registrar: IdentityRecord, body: RegisterBody): Promise<Registration> {
  const type = body.type === '' ? registrar.type : body.type;
  const affiliation = resolveAffiliation(body.affiliation, registrar);
  assertMayRegister(ca, registrar, { ...body, type, affiliation });
  const maxEnrollments = limitEnrollments(body.max_enrollments, ca.settings.maxEnrollments);
  assertFree(ca, body.id);
  const secret = body.secret === '' ? newSecret() : body.secret;
  const identity: IdentityRecord = {
    id: body.id,
    type,
    affiliation,
    attributes: withFixedAttributes(body.id, type, affiliation, body.attrs),
    maxEnrollments,
    state: 0,
    secretHash: await hashSecret(secret, body.secret === '' ? 'generated' : 'chosen'),
    failedAttempts: 0,
  };
  if (!ca.store.addIdentity(identity)) {
    throw alreadyRegistered(body.id);
  }
  return { identity, secret };
}

/** Whether the affiliation is the root or one that the CA was told of, or above one. */
export function isKnownAffiliation({ settings }: CertificateAuthority, affiliation: string): boolean {
  return affiliation === '' || settings.affiliations.some((known) => known === affiliation || known.startsWith(`${affiliation}.`));
}

/** An empty affiliation means the registrar's, a dot the root. */
function resolveAffiliation(asked: string, registrar: IdentityRecord): string {
  if (asked === '') {
    return registrar.affiliation;
  }
  return asked === '.' ? '' : asked;
}

function assertMayRegister(ca: CertificateAuthority, registrar: IdentityRecord, body: RegisterBody): void {
  const reason = objection(ca, registrar, body);
  if (reason !== undefined) {
    throw newAuthorizationRefusal(CaCode.mayNotRegister, `'${registrar.id}' may not register '${body.id}': ${reason}`);
  }
}

function objection(
  ca: CertificateAuthority,
  registrar: IdentityRecord,
  { id, type, affiliation, attrs }: RegisterBody,
): string | undefined {
  if (id === '' || id.includes(':')) {
    throw new CaRefusal(
      400,
      CaCode.addIdentity,
      "The 'id' must not be empty and must not contain a colon, which ends it in an authorization header",
    );
  }
  if (!canActOnType(registrar, type)) {
    return `it may not act on type '${type}'`;
  }
  if (!canActOnAffiliation(registrar, affiliation)) {
    return `it may not act on affiliation '${affiliation}'`;
  }
  if (!isKnownAffiliation(ca, affiliation)) {
    return `there is no affiliation '${affiliation}'`;
  }
  return objectionToAttributes(registrar, { requested: attrs, current: undefined });
}

/** 0 asks for whatever the CA allows (fabric-ca/lib/util.go getMaxEnrollments). */
function limitEnrollments(asked: number, limit: number): number {
  if (asked < -1) {
    throw invalidEnrollments(`Max enrollment in registration request may not be less than -1, but was ${String(asked)}`);
  }
  if (limit === -1) {
    return asked === 0 ? -1 : asked;
  }
  if (asked === -1) {
    throw invalidEnrollments('Registration for infinite enrollments is not allowed');
  }
  if (asked > limit) {
    throw invalidEnrollments(`Requested enrollments (${String(asked)}) exceeds maximum allowable enrollments (${String(limit)})`);
  }
  return asked === 0 ? limit : asked;
}

function invalidEnrollments(message: string): CaRefusal {
  return new CaRefusal(400, CaCode.invalidMaxEnrollments, message);
}

function assertFree(ca: CertificateAuthority, id: string): void {
  if (ca.store.findIdentity(id)) {
    throw alreadyRegistered(id);
  }
}

function alreadyRegistered(id: string): CaRefusal {
  return new CaRefusal(409, CaCode.alreadyRegistered, `Identity '${id}' is already registered`);
}
