import type { z } from 'zod';
import { authenticateByToken } from './authenticate';
import { CaCode, CaRefusal, newAuthorizationRefusal } from './ca-refusal';
import { bodies, parseBody, type CaRequest } from './ca-request';
import type { CertificateAuthority } from './certificate-authority';
import { Hf, type IdentityAttribute, type IdentityRecord } from './identity-record';
import { isKnownAffiliation, registerIdentity } from './register';
import { canActOnAffiliation, canActOnType, isRegistrar, objectionToAttributes } from './registrar-rules';
import { assertManages } from './revoke';
import { hashSecret } from './secret-hash';

type ModifyBody = z.output<typeof bodies.register>;

/** An identity as the API shows it; the secret only to whoever has just set it (fabric-ca/api/client.go IdentityResponse). */
export interface IdentityView {
  readonly id: string;
  readonly type: string;
  readonly affiliation: string;
  readonly attrs: readonly IdentityAttribute[];
  readonly max_enrollments: number;
  readonly secret?: string;
  readonly caname?: string;
}

const SET_TO_ZERO = -2;

/** Lists the identities that the registrar may act on (fabric-ca/lib/serveridentities.go getIDs). */
export function listIdentities(ca: CertificateAuthority, request: CaRequest): { identities: IdentityView[]; caname: string } {
  const { identity: caller } = authenticateByToken(ca, request);
  if (!isRegistrar(caller)) {
    throw newAuthorizationRefusal(CaCode.gettingUser, `'${caller.id}' is not a registrar`);
  }
  const visible = ca.store
    .listIdentities()
    .filter(({ type, affiliation }) => canActOnAffiliation(caller, affiliation) && canActOnType(caller, type));
  return { identities: visible.map(toView), caname: ca.name };
}

export function getIdentity(ca: CertificateAuthority, request: CaRequest): IdentityView {
  const { identity: caller } = authenticateByToken(ca, request);
  const identity = findManaged(ca, caller, request.id);
  return { ...toView(identity), caname: ca.name };
}

export async function addIdentity(ca: CertificateAuthority, request: CaRequest): Promise<IdentityView> {
  const { identity: caller } = authenticateByToken(ca, request);
  const { identity, secret } = await registerIdentity(ca, caller, parseBody(bodies.register, request.body));
  return { ...toView(identity), secret, caname: ca.name };
}

/** Changes what the body names: type, affiliation, secret, number of enrolments, attributes (an empty value takes one away). */
export async function modifyIdentity(ca: CertificateAuthority, request: CaRequest): Promise<IdentityView> {
  const { identity: caller } = authenticateByToken(ca, request);
  const current = findManaged(ca, caller, request.id);
  const body = parseBody(bodies.register, request.body);
  assertMayModify(ca, caller, current, body);
  const modified = await applyChanges(current, body);
  ca.store.modifyIdentity(modified);
  return { ...toView(modified), ...(body.secret === '' ? {} : { secret: body.secret }), caname: ca.name };
}

/** Removes an identity; itself only by force. */
export function removeIdentity(ca: CertificateAuthority, request: CaRequest): IdentityView {
  const { identity: caller } = authenticateByToken(ca, request);
  if (request.id === caller.id && !parseForce(request.query.get('force'))) {
    throw new CaRefusal(403, CaCode.removeIdentity, "Need to use 'force' option to delete your own identity");
  }
  const identity = findManaged(ca, caller, request.id);
  ca.store.removeIdentity(identity.id);
  return { ...toView(identity), caname: ca.name };
}

function findManaged(ca: CertificateAuthority, caller: IdentityRecord, id: string | undefined): IdentityRecord {
  if (!isRegistrar(caller)) {
    throw newAuthorizationRefusal(CaCode.attributeNotAllowed, `'${caller.id}' is not a registrar`);
  }
  const identity = id === undefined ? undefined : ca.store.findIdentity(id);
  if (!identity) {
    throw new CaRefusal(404, CaCode.notInDatabase, 'Failed to get User: there is no such identity');
  }
  assertManages(caller, identity);
  return identity;
}

function assertMayModify(ca: CertificateAuthority, caller: IdentityRecord, current: IdentityRecord, body: ModifyBody): void {
  const affiliation = body.affiliation === '.' ? '' : body.affiliation;
  if (!isKnownAffiliation(ca, affiliation)) {
    throw new CaRefusal(400, CaCode.modifyIdentity, 'The affiliation is not supported');
  }
  if (body.affiliation !== '' && !canActOnAffiliation(caller, affiliation)) {
    throw newAuthorizationRefusal(CaCode.callerNotAffiliated, `'${caller.id}' may not act on affiliation '${affiliation}'`);
  }
  if (body.type !== '' && !canActOnType(caller, body.type)) {
    throw newAuthorizationRefusal(CaCode.callerNotAffiliated, `'${caller.id}' may not act on type '${body.type}'`);
  }
  const objection = objectionToAttributes(caller, { requested: body.attrs, current: current.attributes });
  if (objection !== undefined) {
    throw newAuthorizationRefusal(CaCode.attributeNotAllowed, objection);
  }
}

async function applyChanges(current: IdentityRecord, body: ModifyBody): Promise<IdentityRecord> {
  const type = body.type === '' ? current.type : body.type;
  const affiliation = body.affiliation === '' ? current.affiliation : body.affiliation.replace(/^\.$/, '');
  const fixed: Readonly<Record<string, string>> = { [Hf.type]: type, [Hf.affiliation]: affiliation };
  return {
    ...current,
    type,
    affiliation,
    attributes: mergeAttributes(current.attributes, body.attrs).map((attribute) => ({
      ...attribute,
      value: fixed[attribute.name] ?? attribute.value,
    })),
    maxEnrollments: changedEnrollments(current.maxEnrollments, body.max_enrollments),
    secretHash: body.secret === '' ? current.secretHash : await hashSecret(body.secret, 'chosen'),
  };
}

/** 0 leaves it, -2 sets it to 0 (serveridentities.go getModifyReq). */
function changedEnrollments(current: number, asked: number): number {
  if (asked === 0) {
    return current;
  }
  return asked === SET_TO_ZERO ? 0 : asked;
}

function mergeAttributes(current: readonly IdentityAttribute[], asked: readonly IdentityAttribute[]): IdentityAttribute[] {
  const merged = new Map(current.map((attribute) => [attribute.name, attribute]));
  for (const attribute of asked) {
    if (attribute.value === '') {
      merged.delete(attribute.name);
    } else {
      merged.set(attribute.name, attribute);
    }
  }
  return [...merged.values()];
}

function parseForce(text: string | null): boolean {
  if (text === null || text === '') {
    return false;
  }
  if (text.toLowerCase() !== 'true' && text.toLowerCase() !== 'false') {
    throw new CaRefusal(400, CaCode.badBoolean, "Failed to correctly parse value of 'force' query parameter");
  }
  return text.toLowerCase() === 'true';
}

function toView({ id, type, affiliation, attributes, maxEnrollments }: IdentityRecord): IdentityView {
  return { id, type, affiliation, attrs: attributes, max_enrollments: maxEnrollments };
}
