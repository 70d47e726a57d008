import type { AuditLog, LocalKey } from '../store';
import { newDraft } from './audited-act';
import { groupByPerson, type PersonFinder } from './group-by-person';

/** What the organisation's release agent is about to do. */
export interface AgentAct {
  readonly event: 'decision' | 'disclosure';
  readonly relationRef: string;
  readonly requestId: string;
  readonly purpose: string;
  readonly code: 'permit' | 'deny';
  readonly recordIds: readonly string[];
}

export interface AgentAuditOptions {
  readonly log: Pick<AuditLog, 'append'>;
  readonly key: Pick<LocalKey, 'name'>;
  readonly persons: PersonFinder;
}

/** Writes down what the agent does; it goes on when that resolves. @throws CodedError AUDIT_UNAVAILABLE */
export function newAgentAudit({ log, key, persons }: AgentAuditOptions): (act: AgentAct) => Promise<void> {
  return async ({ event, relationRef, requestId, purpose, code, recordIds }) => {
    const mentions = [{ relationRef }, ...recordIds.map((recordId) => ({ relationRef, recordId }))];
    const shared = { requestId, event, route: 'agent', actor: { kind: 'gateway' }, types: [], query: null } as const;
    const groups = await groupByPerson(mentions, persons);
    await log.append(groups.map((group) => newDraft({ ...shared, purpose, status: code === 'permit' ? 200 : 403, code, ...group }, key)));
  };
}
