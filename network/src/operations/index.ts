export { isDue, type CertificateCondition, type CertificateFacts, type CertificatePurpose } from './certs/certificate-facts';
export { findUsers } from './certs/find-users';
export { listCertificates } from './certs/list-certificates';
export { renderCertificateMetrics, writeCertificateMetrics } from './certs/certificate-metrics';
export { renewCertificates, type Renewal } from './certs/renew-certificates';
export { LogMerger, type LogEntry } from './logs/log-merger';
export { LogTail } from './logs/log-tail';
export { readNodes, type OrdererFacts, type PeerFacts, type SilentNode } from './nodes/node-facts';
