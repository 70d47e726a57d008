import type { Identity, MspRegistry, SignedData } from '../msp/identity';

/**
 * The identities whose signatures count, in order: undecodable, unknown, repeated and wrongly signed ones are passed over, and
 * only a verified one blocks later ones of the same identity (common/policies/policy.go, SignatureSetToValidIdentities).
 */
export function verifiedSigners(msps: MspRegistry, signatures: readonly SignedData[]): readonly Identity[] {
  const signers = new Map<string, Identity>();
  for (const { identity, message, signature } of signatures) {
    const found = msps.identify(identity);
    if ('problem' in found || signers.has(found.id) || !found.verify(message, signature)) continue;
    signers.set(found.id, found);
  }
  return [...signers.values()];
}
