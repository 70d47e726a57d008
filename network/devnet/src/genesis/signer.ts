import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { DevnetError } from '../devnet-error';
import { utf8 } from '../proto/bytes';
import { writeSerializedIdentity } from '../proto/envelopes';
import { signLowS } from '../proto/signatures';
import type { Signer } from './config-envelope';
import type { CertifiedKey } from './consortium-spec';

/**
 * Signs as this certificate of this organisation.
 * @throws DevnetError DEVNET_IDENTITY_INVALID when key and certificate are unreadable, no P-256 pair, or do not belong together
 */
export function newSigner(mspId: string, { certificate, privateKey }: CertifiedKey): Signer {
  const refuse = (problem: string): never => {
    throw new DevnetError('DEVNET_IDENTITY_INVALID', `${mspId}: ${problem}; give a PEM certificate and its PEM private key (P-256)`, {
      mspId,
    });
  };
  const key = attempt(() => createPrivateKey(privateKey)) ?? refuse('a private key cannot be read');
  const parsed = attempt(() => new X509Certificate(certificate)) ?? refuse('a certificate cannot be read');
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    refuse('a private key is not on the curve P-256');
  if (!createPublicKey(key).equals(parsed.publicKey))
    refuse(`private key and certificate "${parsed.subject.replace(/\n/g, ', ')}" do not belong together`);
  return { identity: writeSerializedIdentity(mspId, utf8(certificate)), sign: (message) => signLowS(key, message) };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
