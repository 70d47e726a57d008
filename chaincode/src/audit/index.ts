export { anchorAuditRoot, type AuditRootFacts } from './anchor-audit-root';
