import type { z } from 'zod';
import { authenticateByToken, formatSerial, type Caller } from './authenticate';
import { CaCode, CaRefusal, newAuthorizationRefusal } from './ca-refusal';
import { bodies, parseBody, type CaRequest } from './ca-request';
import type { CertificateRecord } from './ca-store';
import type { CertificateAuthority } from './certificate-authority';
import { generateRevocationList } from './generate-revocation-list';
import { attributeOf, Hf, parseGoBoolean, type IdentityRecord } from './identity-record';
import { canActOnAffiliation, canActOnType } from './registrar-rules';

type RevokeBody = z.output<typeof bodies.revoke>;

/** Reasons of RFC 5280 5.3.1, by the names that Fabric CA takes; anything else is "unspecified" (serverrevoke.go). */
const REASONS: Readonly<Record<string, number>> = {
  unspecified: 0,
  keycompromise: 1,
  cacompromise: 2,
  affiliationchanged: 3,
  superseded: 4,
  cessationofoperation: 5,
  certificatehold: 6,
  removefromcrl: 8,
  privilegewithdrawn: 9,
  aacompromise: 10,
};

export interface RevokeResult {
  readonly RevokedCerts: readonly { readonly Serial: string; readonly AKI: string }[];
  /** PEM, base64; empty unless asked for and something was revoked. */
  readonly CRL: string;
}

/** Revokes one certificate, or an identity with all its certificates; one's own without any right (fabric-ca/lib/serverrevoke.go). */
export async function revoke(ca: CertificateAuthority, request: CaRequest): Promise<RevokeResult> {
  const body = parseBody(bodies.revoke, request.body);
  const caller = authenticateByToken(ca, request);
  const revoked = revokeAsAsked(ca, caller, body);
  return {
    RevokedCerts: revoked.map(({ serial, aki }) => ({ Serial: serial, AKI: aki })),
    CRL: body.gencrl && revoked.length > 0 ? await generateRevocationList(ca, {}) : '',
  };
}

function revokeAsAsked(ca: CertificateAuthority, caller: Caller, body: RevokeBody): readonly CertificateRecord[] {
  const reason = REASONS[body.reason.toLowerCase()] ?? 0;
  if (body.serial !== '' && body.aki !== '') {
    return revokeCertificate(ca, caller, body, reason);
  }
  if (body.id !== '') {
    return revokeIdentity(ca, caller, body.id, reason);
  }
  throw new CaRefusal(400, CaCode.missingRevokeArguments, 'Either Name or Serial and AKI are required for a revoke request');
}

function revokeCertificate(ca: CertificateAuthority, caller: Caller, body: RevokeBody, reason: number): CertificateRecord[] {
  const serial = formatSerial(body.serial);
  const aki = formatSerial(body.aki);
  const named = `Certificate with serial ${serial} and AKI ${aki}`;
  const record = ca.store.findCertificate(serial);
  if (record?.aki !== aki) {
    throw new CaRefusal(404, CaCode.certificateNotFound, `${named} was not found`);
  }
  assertRevoker(caller.identity, record.id);
  if (record.revokedAt) {
    throw new CaRefusal(404, CaCode.alreadyRevoked, `${named} was already revoked`);
  }
  if (body.id !== '' && body.id !== record.id) {
    throw new CaRefusal(400, CaCode.certificateOfAnother, `${named} is not owned by ${body.id}`);
  }
  const owner = findOwner(ca, record.id);
  if (serial !== caller.serial) {
    assertManages(caller.identity, owner);
  }
  ca.store.revokeCertificate(serial, reason);
  return [record];
}

function revokeIdentity(ca: CertificateAuthority, caller: Caller, id: string, reason: number): CertificateRecord[] {
  assertRevoker(caller.identity, id);
  const owner = findOwner(ca, id);
  if (id !== caller.identity.id) {
    assertManages(caller.identity, owner);
  }
  return ca.store.revokeIdentity(id, reason);
}

function findOwner(ca: CertificateAuthority, id: string): IdentityRecord {
  const owner = ca.store.findIdentity(id);
  if (!owner) {
    throw new CaRefusal(404, CaCode.revokedIdNotFound, `Identity ${id} was not found`);
  }
  return owner;
}

function assertRevoker(caller: IdentityRecord, id: string): void {
  if (caller.id !== id && parseGoBoolean(attributeOf(caller.attributes, Hf.revoker)) !== true) {
    throw newAuthorizationRefusal(CaCode.notRevoker, `'${caller.id}' may not revoke`);
  }
}

/** The caller reaches the identity's affiliation and type (serverrequestcontext.go CanManageUser). */
export function assertManages(caller: IdentityRecord, { id, type, affiliation }: IdentityRecord): void {
  if (!canActOnAffiliation(caller, affiliation) || !canActOnType(caller, type)) {
    throw newAuthorizationRefusal(CaCode.callerNotAffiliated, `'${caller.id}' may not act on '${id}'`);
  }
}
