import { existsSync } from 'node:fs';
import type { MspIdentity, Organisation, TlsIdentity } from '../../topology';
import { makePrivateFolder, writePublicFile } from '../../files';
import { fetchCaCertificate } from '../client/ca-client';
import { enrollMspMaterial, enrollTlsMaterial } from './enroll-material';
import { isCurrentCertificate } from './is-current-certificate';
import { writeMspFolder, type MspRoots } from './msp-folder';
import { newRegistrarDesk, type RegistrarDesk } from './registrar-desk';
import { completeReplacement, replaceKeyPair } from './replace-key-pair';

export interface BootstrapResult {
  /** Certificates written, by file; empty when everything was there. */
  readonly enrolled: readonly string[];
}

/**
 * Brings an organisation's material into being, over its CA's REST API: MSP folders of the organisation and of its identities in Fabric's layout,
 * TLS folders, keys 0600. What is there and stays valid for another 30 days is left as it is, so it can be run at every start; an orderer's
 * enrolment certificate is renewed for the key that it has.
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
  const isCurrent = Object.values<MspIdentity>({ ...identities }).every((files) => isCurrentCertificate(files, undefined));
  const isCurrentTls = Object.values<TlsIdentity>({ ...tls }).every((files) => isCurrentCertificate(files, undefined, files.hosts));
  return existsSync(msp.config) && isCurrent && isCurrentTls;
}

async function enrollMspIdentity(desk: RegistrarDesk, identity: MspIdentity, roots: MspRoots): Promise<string | undefined> {
  completeReplacement(identity);
  if (isCurrentCertificate(identity, roots.ca)) {
    return undefined;
  }
  const enrollment = await enrollMspMaterial(desk, identity);
  writeMspFolder(identity.folder, roots);
  replaceKeyPair(identity, enrollment);
  return identity.certificate;
}

async function enrollTlsIdentity(desk: RegistrarDesk, identity: TlsIdentity, root: string): Promise<string | undefined> {
  completeReplacement(identity);
  if (isCurrentCertificate(identity, root, identity.hosts)) {
    return undefined;
  }
  const enrollment = await enrollTlsMaterial(desk, identity);
  writePublicFile(identity.rootCertificate, root);
  replaceKeyPair(identity, enrollment);
  return identity.certificate;
}
