import { readSerializedIdentity } from '../proto/envelopes';
import { hex, sha256 } from '../proto/bytes';
import { verifyLowS } from '../proto/signatures';
import { MalformedMessage } from '../proto/wire';
import { parseCertificate } from './certificate';
import type { FabricMsp } from './fabric-msp';
import type { Identity, IdentityProblem, MspRegistry } from './identity';
import { satisfiesPrincipal, type Bearer } from './principals';
import { Recent } from './recent';

type Found = Identity | { readonly problem: IdentityProblem; readonly mspId?: string };

const IDENTITIES = 5000;
const VERIFIED = 64;

/** The MSPs of one channel configuration. What it finds about an identity it remembers: a new configuration makes a new registry. */
export function newMspRegistry(msps: readonly FabricMsp[]): MspRegistry {
  const byId = new Map(msps.map((msp) => [msp.mspId, msp]));
  const known = new Recent<Found>(IDENTITIES);
  return { identify: (serialized) => known.get(latin1(serialized), () => identify(byId, serialized)) };
}

function identify(msps: ReadonlyMap<string, FabricMsp>, serialized: Uint8Array): Found {
  const read = readIdentity(serialized);
  if (read === undefined) return { problem: 'malformed' };
  const { mspId, idBytes } = read;
  const msp = msps.get(mspId);
  if (msp === undefined) return { problem: 'unknown-msp', mspId };
  const certificate = parseCertificate(idBytes);
  if (certificate === undefined) return { problem: 'malformed', mspId };
  const bearer = msp.admit(certificate);
  return bearer === undefined ? { problem: 'invalid-certificate', mspId } : newIdentity(bearer);
}

function readIdentity(serialized: Uint8Array): { readonly mspId: string; readonly idBytes: Uint8Array } | undefined {
  try {
    return readSerializedIdentity(serialized);
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

function newIdentity(bearer: Bearer): Identity {
  const { certificate, mspId } = bearer;
  const publicKey = certificate.x509.publicKey;
  const principals = new Recent<boolean>(VERIFIED);
  const verdicts = new Recent<boolean>(VERIFIED);
  return {
    mspId,
    certificate: certificate.x509,
    publicKey,
    id: `${mspId}${certificate.fingerprint}`,
    expiresAt: certificate.notAfter,
    satisfies: (principal) => principals.get(latin1(principal), () => satisfiesPrincipal(bearer, principal)),
    // The orderer and the committer check the same envelopes: hashing is a tenth of the price of verifying.
    verify: (message, signature) => verdicts.get(hex(sha256(message)) + latin1(signature), () => verifyLowS(publicKey, message, signature)),
  };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
