import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { utf8 } from '../proto/bytes';
import type { CertifiedKey } from './consortium-spec';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Where Fabric CA writes a certificate's attributes, as JSON {"attrs":{...}} (fabric-ca lib/attrmgr). */
const ATTRIBUTES_OID = '1.2.3.4.5.6.7.8.1';
const VALID_MS = 10 * 365 * 24 * 3_600_000;
/** Clocks differ a little; Fabric CA dates certificates back too. */
const BACKDATED_MS = 5 * 60_000;

export type NodeOu = 'client' | 'peer' | 'admin' | 'orderer';

export interface CertificateRequest {
  readonly commonName: string;
  readonly ou: NodeOu;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A root that signs itself, with digital signature, certificate and CRL signing as its uses. */
export async function newAuthority(commonName: string, organisation: string): Promise<CertifiedKey> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    serialNumber: newSerialNumber(),
    name: [{ O: [organisation] }, { CN: [commonName] }],
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  });
  return certified(certificate, keys.privateKey);
}

/** A certificate for signing, with the role as its organisational unit (NodeOU). */
export async function issueIdentity(authority: CertifiedKey, request: CertificateRequest): Promise<CertifiedKey> {
  const extensions: x509.Extension[] = [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true)];
  if (request.attributes !== undefined) extensions.push(attributesExtension(request.attributes));
  return issue(authority, [{ OU: [request.ou] }, { CN: [request.commonName] }], extensions);
}

/** A certificate for a TLS server. hosts: names and IP addresses. */
export async function issueTls(authority: CertifiedKey, hosts: readonly string[]): Promise<CertifiedKey> {
  const names = hosts.map((host) => ({ type: isAddress(host) ? ('ip' as const) : ('dns' as const), value: host }));
  return issue(
    authority,
    [{ CN: [hosts[0] ?? 'localhost'] }],
    [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  );
}

/** PEM of a revocation list with the serial numbers of these certificates (PEM). */
export async function newRevocationList(authority: CertifiedKey, certificates: readonly string[]): Promise<string> {
  const now = new Date();
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(authority.certificate).subject,
    thisUpdate: now,
    nextUpdate: new Date(now.getTime() + VALID_MS),
    signingAlgorithm: ALGORITHM,
    signingKey: await signingKey(authority.privateKey),
    entries: certificates.map((pem) => ({ serialNumber: new x509.X509Certificate(pem).serialNumber, revocationDate: now })),
    extensions: [await x509.AuthorityKeyIdentifierExtension.create(new x509.X509Certificate(authority.certificate), false)],
  });
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
}

async function issue(authority: CertifiedKey, subject: x509.JsonName, extensions: x509.Extension[]): Promise<CertifiedKey> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    serialNumber: newSerialNumber(),
    subject,
    issuer: issuer.subject,
    signingAlgorithm: ALGORITHM,
    signingKey: await signingKey(authority.privateKey),
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer, false),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
      ...extensions,
    ],
  });
  return certified(certificate, keys.privateKey);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(pem);
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}

async function certified(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<CertifiedKey> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: `${x509.PemConverter.encode(der, 'PRIVATE KEY')}\n` };
}

function attributesExtension(attrs: Readonly<Record<string, string>>): x509.Extension {
  return new x509.Extension(ATTRIBUTES_OID, false, utf8(JSON.stringify({ attrs })));
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + VALID_MS) };
}

/** 127 random bits: positive in DER without padding. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function isAddress(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');
}
