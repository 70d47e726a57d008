import { organisationKey, parseOrganisation, parseRules, rulesKey, type Jwk, type MspId, type PatientVerifier } from '../model';
import type { Ledger } from '../ledger';
import { statementVerifier } from '../signature';

/**
 * Checks what members signed about a patient by every key that they ever published, and calls an authority whoever was one in any version
 * of the rules; from the history, so that nothing is added to the read set.
 *
 * @param custodians whose statements are to be checked; without any, there is nothing to look up
 */
export async function patientVerifierOf(ledger: Ledger, custodians: readonly MspId[]): Promise<PatientVerifier> {
  const versions = custodians.length > 0 ? await ledger.trace(rulesKey(), parseRules) : [];
  const authorities = new Set(
    versions.flatMap((rules) => (Object.keys(rules.roles) as MspId[]).filter((mspId) => rules.roles[mspId] === 'authority')),
  );
  const keys = new Map<MspId, readonly Jwk[]>();
  for (const mspId of new Set([...custodians, ...authorities])) {
    const published = await ledger.trace(organisationKey(mspId), parseOrganisation);
    keys.set(
      mspId,
      published.map(({ signing }) => signing),
    );
  }
  return {
    ...statementVerifier,
    signingKeysOf: (mspId) => keys.get(mspId) ?? [],
    isAuthority: (mspId) => authorities.has(mspId),
  };
}
