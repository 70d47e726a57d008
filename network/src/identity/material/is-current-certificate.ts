import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { KeyFiles } from '../../topology';

const RENEWAL_MS = 30 * 24 * 3_600_000;

/**
 * Tells whether the files hold a certificate of that root, with its own key, that stays valid for another 30 days.
 *
 * @param root PEM; undefined: any root will do.
 */
export function isCurrentCertificate(files: KeyFiles, root: string | undefined): boolean {
  if (!existsSync(files.certificate) || !existsSync(files.privateKey)) {
    return false;
  }
  const certificate = new X509Certificate(readFileSync(files.certificate));
  const publicKey = createPublicKey(createPrivateKey(readFileSync(files.privateKey)));
  const issued = root === undefined || certificate.verify(new X509Certificate(root).publicKey);
  return issued && certificate.publicKey.equals(publicKey) && Date.parse(certificate.validTo) - Date.now() > RENEWAL_MS;
}
