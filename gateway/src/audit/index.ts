export { newAgentAudit, type AgentAct } from './agent-acts';
export { AuditAnchor } from './audit-anchor';
export { auditEvents, type AuditAction, type Audited, type AuditEvent } from './audit-event';
export { nameAccount, nameClient, newSignInAudit, type SignInAct, type SignInAudit } from './sign-in-acts';
export { newDraft, outcomeOf, withoutVersion, type AuditedAct, type AuditedActor, type AuditedPerson } from './audited-act';
export { groupByPerson, type PersonFinder, type PersonRecords } from './group-by-person';
export { listMentions, type Mention } from './mention';
export { readOwnAudit, type OwnAuditOptions } from './own-audit';
export { newPersonFinder } from './person-finder';
