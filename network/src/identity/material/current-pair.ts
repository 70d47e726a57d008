import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { KeyFiles, MspIdentity } from '../../topology';

/** A certificate and the key that it is for, read from their files. */
export interface KeyPairOnDisk {
  readonly certificate: X509Certificate;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Undefined when one of the two is missing or they do not belong together. */
export function readKeyPairOnDisk(files: KeyFiles): KeyPairOnDisk | undefined {
  if (!existsSync(files.certificate) || !existsSync(files.privateKey)) {
    return undefined;
  }
  const [certificatePem, privateKeyPem] = [readFileSync(files.certificate, 'utf8'), readFileSync(files.privateKey, 'utf8')];
  const certificate = new X509Certificate(certificatePem);
  const publicKey = createPublicKey(createPrivateKey(privateKeyPem));
  return certificate.publicKey.equals(publicKey) ? { certificate, certificatePem, privateKeyPem } : undefined;
}

/**
 * The key that a renewed certificate must be for, if it is there. A channel knows an orderer by the public key of its enrolment certificate
 * (fabric/orderer/consensus/smartbft/consenter.go IsChannelMember): with another key it would be a stranger until the configuration says so.
 */
export function findLastingKey({ type, privateKey }: MspIdentity): string | undefined {
  return type === 'orderer' && existsSync(privateKey) ? readFileSync(privateKey, 'utf8') : undefined;
}
