export { AuditLedger } from './audit-ledger';
export { verifyEvidence, type Evidence } from './verify-evidence';
