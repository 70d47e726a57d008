import { X509Certificate } from 'node:crypto';
import { writePublicFile } from '../../files';
import type { KeyFiles, MspIdentity, Organisation, TlsIdentity } from '../../topology';
import { fetchCaCertificate, reenroll, type Enrollment } from '../client/ca-client';
import { findLastingKey, readKeyPairOnDisk, type KeyPairOnDisk } from './current-pair';
import { enrollMspMaterial, enrollTlsMaterial, localHosts, mergeHosts } from './enroll-material';
import { writeMspFolder } from './msp-folder';
import { newRegistrarDesk, type RegistrarDesk } from './registrar-desk';
import { completeReplacement, replaceKeyPair } from './replace-key-pair';

/**
 * Renews those certificates of an organisation that the caller names, at the CAs that issued them: with the old one as long as that is good
 * (reenroll), else by way of the registrar. Each is replaced as a whole or not at all, and has the roots of its CA beside it.
 *
 * @param isDue asked for each of the organisation's certificates.
 * @param url where the organisation's CAs answer, instead of the topology's address.
 * @returns the files of the certificates that were replaced.
 * @throws {@link CaUnreachable}, {@link CaRequestFailed}; what was renewed until then stays renewed.
 */
export async function renewOrganisation(
  { identities, tls, ca, tlsCa, endpoints, msp }: Organisation,
  isDue: (files: KeyFiles) => boolean,
  url: string = endpoints.ca,
): Promise<string[]> {
  const due = [identities.admin, identities.peer, identities.orderer, identities.gateway].filter(isDue);
  const dueTls = [tls.peer, tls.orderer, tls.chaincode].filter(isDue);
  if (due.length + dueTls.length === 0) return [];
  const [desk, tlsDesk] = [newRegistrarDesk(ca, url), newRegistrarDesk(tlsCa, url)];
  const roots = { ca: await fetchCaCertificate(desk.endpoint), tlsCa: await fetchCaCertificate(tlsDesk.endpoint) };
  writeMspFolder(msp.folder, roots);
  const renewed: string[] = [];
  for (const identity of due) {
    completeReplacement(identity);
    const enrollment = await renewMsp(desk, identity, roots.ca);
    writeMspFolder(identity.folder, roots);
    replaceKeyPair(identity, enrollment);
    renewed.push(identity.certificate);
  }
  for (const identity of dueTls) {
    completeReplacement(identity);
    const enrollment = await renewTls(tlsDesk, identity, roots.tlsCa);
    writePublicFile(identity.rootCertificate, roots.tlsCa);
    replaceKeyPair(identity, enrollment);
    renewed.push(identity.certificate);
  }
  return renewed;
}

async function renewMsp(desk: RegistrarDesk, identity: MspIdentity, root: string): Promise<Enrollment> {
  const current = findUsable(identity, root);
  if (current === undefined) return enrollMspMaterial(desk, identity);
  const privateKey = findLastingKey(identity);
  return reenroll(desk.endpoint, toCredentials(current), { id: identity.id, ...(privateKey === undefined ? {} : { privateKey }) });
}

async function renewTls(desk: RegistrarDesk, identity: TlsIdentity, root: string): Promise<Enrollment> {
  const hosts = listHosts(readKeyPairOnDisk(identity)?.certificate);
  const current = findUsable(identity, root);
  if (current === undefined) return enrollTlsMaterial(desk, identity, hosts);
  return reenroll(desk.endpoint, toCredentials(current), { id: identity.id, profile: 'tls', hosts: mergeHosts(hosts, identity) });
}

/** A pair that its CA takes as proof. One that was revoked is not left out: that it is refused must be heard. */
function findUsable(files: KeyFiles, root: string): KeyPairOnDisk | undefined {
  const pair = readKeyPairOnDisk(files);
  if (pair === undefined || Date.parse(pair.certificate.validTo) <= Date.now()) return undefined;
  return pair.certificate.verify(new X509Certificate(root).publicKey) ? pair : undefined;
}

function toCredentials({ certificatePem, privateKeyPem }: KeyPairOnDisk): { certificate: string; privateKey: string } {
  return { certificate: certificatePem, privateKey: privateKeyPem };
}

/** `DNS:localhost, IP Address:127.0.0.1` without its kinds; this machine's names when there is nothing to go by. */
function listHosts(certificate: X509Certificate | undefined): string[] {
  return certificate?.subjectAltName?.split(', ').map((name) => name.replace(/^(DNS|IP Address):/, '')) ?? localHosts();
}
