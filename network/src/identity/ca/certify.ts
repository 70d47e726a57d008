import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import type { z } from 'zod';
import { formatAttributesExtension } from '../pki/attributes-extension';
import { issueCertificate, type Profile } from '../pki/issue-certificate';
import { x509 } from '../pki/x509-library';
import { formatSerial } from './authenticate';
import { CaCode, CaRefusal, newAuthorizationRefusal } from './ca-refusal';
import type { bodies } from './ca-request';
import type { CertificateRecord } from './ca-store';
import type { CertificateAuthority } from './certificate-authority';
import { attributeOf, type IdentityRecord } from './identity-record';

type EnrollBody = z.output<typeof bodies.enroll>;

const PROFILES: Readonly<Record<string, Profile>> = { '': 'enrollment', tls: 'tls' };
const CLOCK_SKEW_MS = 5 * 60_000;

/** Parts of a subject that a request may choose, with their longest value (fabric-ca/lib/serverenroll.go, RFC 5280 A.1), before and after the OU. */
const BEFORE_UNIT = { C: 2, O: 64 } as const;
const AFTER_UNIT = { L: 128, ST: 128 } as const;
const LONGEST_NAME = 64;

/**
 * Makes the certificate that an identity asks for: subject and alternative names from the request, organisational units from the identity's type and
 * affiliation, attributes from what it was registered with (fabric-ca/lib/serverenroll.go handleEnroll). Nothing is stored.
 *
 * @throws {@link CaRefusal} for a request that is malformed, for another name, for a CA certificate, or for attributes the identity does not have.
 */
export async function certify(ca: CertificateAuthority, identity: IdentityRecord, body: EnrollBody): Promise<CertificateRecord> {
  const profile = PROFILES[body.profile];
  if (!profile) {
    throw new CaRefusal(
      400,
      CaCode.badRequest,
      `Invalid profile: it must be empty or one of ${Object.keys(PROFILES).filter(Boolean).join(', ')}`,
    );
  }
  const request = await parseRequest(body.certificate_request);
  assertOwnName(request, identity);
  assertNoAuthority(request);
  const notAfter = Math.min(Date.now() + ca.settings.certificateMs, ca.issuer.certificate.notAfter.getTime());
  const certificate = await issueCertificate(ca.issuer, {
    subject: subjectOf(request, identity),
    publicKey: request.publicKey,
    profile,
    notBefore: new Date(Date.now() - CLOCK_SKEW_MS),
    notAfter: new Date(notAfter),
    extensions: [...alternativeNames(request, body.hosts), formatAttributesExtension(attributesFor(identity, body.attr_reqs))],
  });
  return {
    serial: formatSerial(certificate.serialNumber),
    aki: formatSerial(ca.issuer.subjectKeyId),
    id: identity.id,
    pem: `${certificate.toString('pem')}\n`,
    expiresAt: certificate.notAfter,
    revokedAt: undefined,
    reason: 0,
  };
}

async function parseRequest(pem: string): Promise<x509.Pkcs10CertificateRequest> {
  const request = readRequest(pem);
  if (!isP256(request.publicKey.rawData)) {
    throw new CaRefusal(400, CaCode.badRequest, 'The key of the CSR must be of the curve P-256');
  }
  if (!(await request.verify())) {
    throw new CaRefusal(400, CaCode.badRequest, 'The CSR is not signed with its own key');
  }
  return request;
}

function isP256(spki: ArrayBuffer): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

function readRequest(pem: string): x509.Pkcs10CertificateRequest {
  try {
    const [, encoded = ''] = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\s\S]+)-----END/.exec(pem) ?? [];
    return new x509.Pkcs10CertificateRequest(Buffer.from(encoded, 'base64'));
  } catch {
    throw new CaRefusal(400, CaCode.badRequest, 'CSR Decode failed');
  }
}

function assertOwnName(request: x509.Pkcs10CertificateRequest, { id }: IdentityRecord): void {
  const names = request.subjectName.getField('CN');
  if (names.length !== 1 || names[0] !== id) {
    throw new CaRefusal(403, CaCode.wrongCommonName, 'The CSR subject common name must equal the enrollment ID');
  }
  const limits = { ...BEFORE_UNIT, ...AFTER_UNIT, CN: LONGEST_NAME };
  for (const [part, longest] of Object.entries(limits)) {
    if (request.subjectName.getField(part).some((value) => value.length > longest)) {
      throw new CaRefusal(400, CaCode.badSubject, `CSR input validation failed: ${part} has more than ${String(longest)} characters`);
    }
  }
}

function assertNoAuthority(request: x509.Pkcs10CertificateRequest): void {
  const constraints = request.extensions.find((extension) => extension instanceof x509.BasicConstraintsExtension);
  if (constraints?.ca) {
    throw newAuthorizationRefusal(CaCode.missingAttribute, 'intermediate CAs are not offered');
  }
}

/** In the order of Go's pkix.Name: C, O, OU, L, ST, CN; several units are one set, as there. */
function subjectOf(request: x509.Pkcs10CertificateRequest, { id, type, affiliation }: IdentityRecord): x509.JsonName {
  const parts = (limits: object): x509.JsonName =>
    Object.keys(limits).flatMap((part) => {
      const values = request.subjectName.getField(part);
      return values.length > 0 ? [{ [part]: values }] : [];
    });
  const units = [type, ...affiliation.split('.')].filter((unit) => unit !== '');
  return [...parts(BEFORE_UNIT), { OU: units }, ...parts(AFTER_UNIT), { CN: [id] }];
}

function alternativeNames(request: x509.Pkcs10CertificateRequest, hosts: readonly string[] | undefined): x509.Extension[] {
  if (hosts && hosts.length > 0) {
    return [new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })))];
  }
  const asked = request.extensions.find((extension) => extension instanceof x509.SubjectAlternativeNameExtension);
  return asked ? [new x509.SubjectAlternativeNameExtension(asked.names.toJSON())] : [];
}

function attributesFor({ attributes }: IdentityRecord, asked: EnrollBody['attr_reqs']): Record<string, string> {
  const names = asked ?? attributes.filter(({ ecert }) => ecert === true).map(({ name }) => ({ name, optional: false }));
  const missing = names.filter(({ name, optional }) => !optional && attributeOf(attributes, name) === undefined);
  if (missing.length > 0) {
    const list = missing.map(({ name }) => name).join(' ');
    throw new CaRefusal(
      500,
      CaCode.unknown,
      `Failed to find requested attributes: The following required attributes are missing: [${list}]`,
    );
  }
  return Object.fromEntries(
    names.flatMap(({ name }): [string, string][] => {
      const value = attributeOf(attributes, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
