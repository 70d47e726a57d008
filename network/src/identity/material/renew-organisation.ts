import { X509Certificate } from 'node:crypto';
import type { KeyFiles, MspIdentity, Organisation, TlsIdentity } from '../../topology';
import { fetchCaCertificate, reenroll, type Enrollment } from '../client/ca-client';
import { findLastingKey, readKeyPairOnDisk, type KeyPairOnDisk } from './current-pair';
import { enrollMspMaterial, enrollTlsMaterial, localHosts, mergeHosts } from './enroll-material';
import { newRegistrarDesk, type RegistrarDesk } from './registrar-desk';
import { completeReplacement, replaceKeyPair } from './replace-key-pair';

/**
 * Renews those certificates of an organisation that the caller names, at the CAs that issued them: with the old one as long as that is good
 * (reenroll), else by way of the registrar. Each is replaced as a whole or not at all.
 *
 * @param isDue asked for each of the organisation's certificates.
 * @param url where the organisation's CAs answer, instead of the topology's address.
 * @returns the files of the certificates that were replaced.
 * @throws {@link CaUnreachable}, {@link CaRequestFailed}; what was renewed until then stays renewed.
 */
export async function renewOrganisation(
  { identities, tls, ca, tlsCa, endpoints }: Organisation,
  isDue: (files: KeyFiles) => boolean,
  url: string = endpoints.ca,
): Promise<string[]> {
  const renewed: string[] = [];
  const [desk, tlsDesk] = [newRegistrarDesk(ca, url), newRegistrarDesk(tlsCa, url)];
  for (const identity of [identities.admin, identities.peer, identities.orderer, identities.gateway].filter(isDue)) {
    completeReplacement(identity);
    replaceKeyPair(identity, await renewMsp(desk, identity));
    renewed.push(identity.certificate);
  }
  for (const identity of [tls.peer, tls.orderer, tls.chaincode].filter(isDue)) {
    completeReplacement(identity);
    replaceKeyPair(identity, await renewTls(tlsDesk, identity));
    renewed.push(identity.certificate);
  }
  return renewed;
}

async function renewMsp(desk: RegistrarDesk, identity: MspIdentity): Promise<Enrollment> {
  const current = await findUsable(desk, identity);
  if (current === undefined) return enrollMspMaterial(desk, identity);
  const privateKey = findLastingKey(identity);
  return reenroll(desk.endpoint, toCredentials(current), { id: identity.id, ...(privateKey === undefined ? {} : { privateKey }) });
}

async function renewTls(desk: RegistrarDesk, identity: TlsIdentity): Promise<Enrollment> {
  const hosts = listHosts(readKeyPairOnDisk(identity)?.certificate);
  const current = await findUsable(desk, identity);
  if (current === undefined) return enrollTlsMaterial(desk, identity, hosts);
  return reenroll(desk.endpoint, toCredentials(current), { id: identity.id, profile: 'tls', hosts: mergeHosts(hosts, identity) });
}

/** A pair that its CA takes as proof. One that was revoked is not left out: that it is refused must be heard. */
async function findUsable({ endpoint }: RegistrarDesk, files: KeyFiles): Promise<KeyPairOnDisk | undefined> {
  const pair = readKeyPairOnDisk(files);
  if (pair === undefined || Date.parse(pair.certificate.validTo) <= Date.now()) return undefined;
  const root = new X509Certificate(await fetchCaCertificate(endpoint));
  return pair.certificate.verify(root.publicKey) ? pair : undefined;
}

function toCredentials({ certificatePem, privateKeyPem }: KeyPairOnDisk): { certificate: string; privateKey: string } {
  return { certificate: certificatePem, privateKey: privateKeyPem };
}

/** `DNS:localhost, IP Address:127.0.0.1` without its kinds; this machine's names when there is nothing to go by. */
function listHosts(certificate: X509Certificate | undefined): string[] {
  return certificate?.subjectAltName?.split(', ').map((name) => name.replace(/^(DNS|IP Address):/, '')) ?? localHosts();
}
