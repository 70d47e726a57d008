export { assertFirstConsent, recordConsent, type StoredConsent } from './record-consent';
