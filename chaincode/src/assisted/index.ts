export { endAssistedConsent } from './end-assisted-consent';
export { recordNotice, type NoticeFacts } from './record-notice';
export { witnessConsent } from './witness-consent';
