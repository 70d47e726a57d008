export { AuditEventReader } from './audit-event-reader';
export { auditSearchParameters } from './parse-audit-search';
