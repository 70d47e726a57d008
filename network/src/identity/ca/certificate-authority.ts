import { existsSync, readFileSync } from 'node:fs';
import type { CaNode } from '../../topology';
import { makePrivateFolder, writePrivateFile, writePublicFile } from '../../files';
import type { Issuer } from '../pki/issue-certificate';
import { parseSigningKey } from '../pki/key-pair';
import { newRoot } from '../pki/new-root';
import { x509 } from '../pki/x509-library';
import { CaStore } from './ca-store';
import { Hf, type IdentityAttribute } from './identity-record';
import { hashSecret, newSecret } from './secret-hash';

const DAY_MS = 24 * 3_600_000;

/** What an operator may set; the defaults are those of a Fabric CA, except that attempts are counted. */
export interface CaSettings {
  readonly certificateMs: number;
  readonly revocationListMs: number;
  /** -1: no limit beside the identity's own. */
  readonly maxEnrollments: number;
  /** Wrong secrets in a row after which an identity is shut until its secret is replaced; 0: never. */
  readonly passwordAttempts: number;
  /** Affiliations that exist beside the root, and with them all above them. */
  readonly affiliations: readonly string[];
}

const DEFAULTS: CaSettings = {
  certificateMs: 365 * DAY_MS,
  revocationListMs: DAY_MS,
  maxEnrollments: -1,
  passwordAttempts: 10,
  affiliations: [],
};

/** One certificate authority: its key, its certificate, and what it remembers. */
export interface CertificateAuthority {
  readonly name: string;
  readonly certificatePem: string;
  readonly issuer: Issuer;
  readonly store: CaStore;
  readonly settings: CaSettings;
  close(): void;
}

/** Rights of the identity that a CA starts with. */
const REGISTRAR_ATTRIBUTES: readonly IdentityAttribute[] = [
  { name: Hf.roles, value: '*' },
  { name: Hf.delegateRoles, value: '*' },
  { name: Hf.attributes, value: '*' },
  { name: Hf.revoker, value: 'true' },
  { name: Hf.genCrl, value: 'true' },
  { name: Hf.affiliationManager, value: 'true' },
];

/**
 * Opens a certificate authority, making root, registrar and database where they are missing. A folder whose start was cut off opens like a new one.
 *
 * @param organisation what the O of a new root says.
 */
export async function openCertificateAuthority(
  node: CaNode,
  organisation: string,
  settings: Partial<CaSettings> = {},
): Promise<CertificateAuthority> {
  makePrivateFolder(node.folder);
  await ensureRoot(node, organisation);
  const store = new CaStore(node.database);
  await ensureRegistrar(node, store);
  const certificatePem = readFileSync(node.certificate, 'utf8');
  return {
    name: node.name,
    certificatePem,
    issuer: await readIssuer(certificatePem, readFileSync(node.privateKey, 'utf8')),
    store,
    settings: { ...DEFAULTS, ...settings },
    close: () => {
      store.close();
    },
  };
}

/** The certificate is written last: with it, root and key are complete. */
async function ensureRoot(node: CaNode, organisation: string): Promise<void> {
  if (!existsSync(node.certificate)) {
    const root = await newRoot(node.name, organisation);
    writePrivateFile(node.privateKey, root.privateKeyPem);
    writePublicFile(node.certificate, root.certificatePem);
  }
}

async function ensureRegistrar({ registrar }: CaNode, store: CaStore): Promise<void> {
  if (!existsSync(registrar.secretFile)) {
    writePrivateFile(registrar.secretFile, newSecret());
  }
  if (!store.findIdentity(registrar.id)) {
    store.addIdentity({
      id: registrar.id,
      type: 'client',
      affiliation: '',
      attributes: withFixedAttributes(registrar.id, 'client', '', REGISTRAR_ATTRIBUTES),
      maxEnrollments: -1,
      state: 0,
      secretHash: await hashSecret(readFileSync(registrar.secretFile, 'utf8'), 'generated'),
      failedAttempts: 0,
    });
  }
}

/** Adds the three attributes that every certificate carries (fabric-ca/lib/serverregister.go registerUserID). */
export function withFixedAttributes(
  id: string,
  type: string,
  affiliation: string,
  attributes: readonly IdentityAttribute[],
): IdentityAttribute[] {
  return [
    ...attributes,
    { name: Hf.enrollmentId, value: id, ecert: true },
    { name: Hf.type, value: type, ecert: true },
    { name: Hf.affiliation, value: affiliation, ecert: true },
  ];
}

async function readIssuer(certificatePem: string, privateKeyPem: string): Promise<Issuer> {
  const certificate = new x509.X509Certificate(certificatePem);
  const identifier = certificate.getExtension(x509.SubjectKeyIdentifierExtension);
  if (!identifier) {
    throw new Error('A CA certificate without a subject key identifier is of no use to an MSP');
  }
  return { certificate, signingKey: await parseSigningKey(privateKeyPem), subjectKeyId: identifier.keyId };
}
