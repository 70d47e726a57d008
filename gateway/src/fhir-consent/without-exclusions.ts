import { formatCanonical, type ConsentException, type ConsentSet } from '@medaccord/chaincode/model';
import { inexpressible } from './fhir-consent-error';

/**
 * The same decisions without `not`, as FHIR R4 knows no exclusion: where all exceptions permit and exclude the same, each is followed by one
 * denial for each axis that is excluded. A denial of what is more confidential than a level stays: it is a security label.
 * @throws {FhirConsentError} FHIR_CONSENT_NOT_EXPRESSIBLE for any other exclusion: a denial in its place would weigh differently
 */
export function withoutExclusions(set: ConsentSet, place: string): ConsentSet {
  const excluding = set.exceptions.findIndex((exception) => exception.not !== undefined && !isConfidentialityDenied(exception));
  if (excluding < 0) return set;
  const excluded = set.exceptions[excluding]?.not ?? {};
  const isSame = ({ decision, not }: ConsentException): boolean =>
    decision === 'permit' && formatCanonical(not ?? {}) === formatCanonical(excluded);
  if (set.base !== 'deny' || !set.exceptions.every(isSame)) {
    throw inexpressible(`${place}.exceptions[${String(excluding)}].not`, 'is not the same in all exceptions, all of which permit.');
  }
  const exceptions = set.exceptions.flatMap(({ not = {}, ...permit }) => [
    permit,
    ...Object.entries(not).map(([axis, value]) => ({ ...permit, decision: 'deny' as const, [axis]: value })),
  ]);
  return { ...set, exceptions };
}

function isConfidentialityDenied({ decision, not }: ConsentException): boolean {
  return decision === 'deny' && not !== undefined && Object.keys(not).join() === 'confidentiality';
}
