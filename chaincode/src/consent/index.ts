export { isConsentSigned } from './is-consent-signed';
export { assertFirstConsent, recordConsent, type ConsentChain, type StoredConsent } from './record-consent';
export { trustConsent } from './trust-consent';
