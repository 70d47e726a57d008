import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { CaNode, MspIdentity, Organisation, TlsIdentity } from '../../topology';
import { newSecret } from '../ca/secret-hash';
import {
  enroll,
  fetchCaCertificate,
  modifyIdentity,
  register,
  type CaEndpoint,
  type Enrollment,
  type RegisterRequest,
} from '../client/ca-client';
import { CaRequestFailed } from '../client/ca-client-errors';
import { makePrivateFolder, writePrivateFile, writePublicFile } from '../../files';
import type { Credentials } from '../pki/request-token';
import { isCurrentCertificate } from './is-current-certificate';
import { writeMspFolder, writeMspIdentity, type MspRoots } from './msp-folder';

/** Code of a Fabric CA for an id that is registered already. */
const ALREADY_REGISTERED = 74;

export interface BootstrapResult {
  /** Certificates written, by file; empty when everything was there. */
  readonly enrolled: readonly string[];
}

/**
 * Brings an organisation's material into being, over its CA's REST API: MSP folders of the organisation and of its identities in Fabric's layout,
 * TLS folders, keys 0600. What is there and stays valid for another 30 days is left as it is, so it can be run at every start.
 *
 * @param url where the organisation's CAs answer, instead of the topology's address.
 * @throws {@link CaUnreachable}, {@link CaRequestFailed}; run again, it goes on where it stopped.
 */
export async function bootstrapOrganisation(organisation: Organisation, url: string = organisation.endpoints.ca): Promise<BootstrapResult> {
  makePrivateFolder(organisation.folder);
  const ca = newRegistrarDesk(organisation.ca, url);
  const tlsCa = newRegistrarDesk(organisation.tlsCa, url);
  const roots = { ca: await fetchCaCertificate(ca.endpoint), tlsCa: await fetchCaCertificate(tlsCa.endpoint) };
  writeMspFolder(organisation.msp.folder, roots);
  const { admin, peer, orderer, gateway } = organisation.identities;
  const { tls } = organisation;
  const enrolled = await Promise.all([
    ...[admin, peer, orderer, gateway].map((identity) => enrollMspIdentity(ca, identity, roots)),
    ...[tls.peer, tls.orderer, tls.chaincode].map((identity) => enrollTlsIdentity(tlsCa, identity, roots.tlsCa)),
  ]);
  return { enrolled: enrolled.filter((file) => file !== undefined) };
}

/** Tells, without asking a CA, whether an organisation has all it needs to start. */
export function hasMaterial({ identities, tls, msp }: Organisation): boolean {
  const certified = [...Object.values<MspIdentity>({ ...identities }), ...Object.values<TlsIdentity>({ ...tls })];
  return existsSync(msp.config) && certified.every((files) => isCurrentCertificate(files, undefined));
}

/** A CA and, as soon as somebody needs it, the registrar enrolled there. */
interface RegistrarDesk {
  readonly endpoint: CaEndpoint;
  readonly registrar: () => Promise<Credentials>;
}

function newRegistrarDesk({ name, registrar }: CaNode, url: string): RegistrarDesk {
  const endpoint = { url, name };
  let credentials: Promise<Credentials> | undefined;
  const signIn = (): Promise<Credentials> => enroll(endpoint, { id: registrar.id, secret: readFileSync(registrar.secretFile, 'utf8') });
  return { endpoint, registrar: () => (credentials ??= signIn()) };
}

async function enrollMspIdentity(desk: RegistrarDesk, identity: MspIdentity, roots: MspRoots): Promise<string | undefined> {
  if (isCurrentCertificate(identity, roots.ca)) {
    return undefined;
  }
  const attributes = Object.entries(identity.attributes).map(([name, value]) => ({ name, value, ecert: true }));
  const secret = await ensureRegistered(desk, { id: identity.id, type: identity.type, attributes, maxEnrollments: -1 });
  writeMspIdentity(identity.folder, roots, await enroll(desk.endpoint, { id: identity.id, secret }));
  return identity.certificate;
}

async function enrollTlsIdentity(desk: RegistrarDesk, identity: TlsIdentity, root: string): Promise<string | undefined> {
  if (isCurrentCertificate(identity, root)) {
    return undefined;
  }
  const secret = await ensureRegistered(desk, { id: identity.id, type: identity.type, maxEnrollments: -1 });
  writeTlsFolder(identity, await enroll(desk.endpoint, { id: identity.id, secret, profile: 'tls', hosts: localHosts() }), root);
  return identity.certificate;
}

/** Nobody keeps the secret of a node: it is used at once, and replaced where the identity exists from an earlier start. */
async function ensureRegistered({ endpoint, registrar }: RegistrarDesk, request: RegisterRequest): Promise<string> {
  try {
    return await register(endpoint, await registrar(), request);
  } catch (error) {
    if (!(error instanceof CaRequestFailed) || error.caCode !== ALREADY_REGISTERED) {
      throw error;
    }
    const secret = newSecret();
    await modifyIdentity(endpoint, await registrar(), { id: request.id, secret });
    return secret;
  }
}

/** The certificate is written last: with it the folder is complete. */
function writeTlsFolder(identity: TlsIdentity, { certificate, privateKey }: Enrollment, root: string): void {
  writePublicFile(identity.rootCertificate, root);
  writePrivateFile(identity.privateKey, privateKey);
  writePublicFile(identity.certificate, certificate);
}

/** Names under which every process of this machine can be reached. */
function localHosts(): string[] {
  return [...new Set(['localhost', '127.0.0.1', '::1', hostname().toLowerCase()])];
}
