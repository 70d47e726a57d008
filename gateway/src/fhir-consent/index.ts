export { FhirConsentError, type FhirConsentErrorCode } from './fhir-consent-error';
export type { FhirContext, FhirWish, ReadConsent } from './fhir-context';
export { periodUntil } from './fhir-period';
export { formatFhirConsent, type WrittenConsent } from './format-fhir-consent';
export { implicitPolicies, implicitPolicyNames, type ImplicitPolicy } from './implicit-policies';
export { parseFhirConsent, parseFhirConsentText } from './parse-fhir-consent';
