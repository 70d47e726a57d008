import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { KeyFiles } from '../../topology';
import { readKeyPairOnDisk } from './current-pair';

const RENEWAL_MS = 30 * 24 * 3_600_000;

/**
 * Tells whether the files hold a certificate of that root, with its own key, that stays valid for another 30 days.
 *
 * @param root PEM; undefined: any root will do.
 * @param hosts names and addresses that it must stand for.
 */
export function isCurrentCertificate(files: KeyFiles, root: string | undefined, hosts: readonly string[] = []): boolean {
  const pair = readKeyPairOnDisk(files);
  if (pair === undefined) {
    return false;
  }
  const issued = root === undefined || pair.certificate.verify(new X509Certificate(root).publicKey);
  return (
    issued && hosts.every((host) => standsFor(pair.certificate, host)) && Date.parse(pair.certificate.validTo) - Date.now() > RENEWAL_MS
  );
}

function standsFor(certificate: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
}
