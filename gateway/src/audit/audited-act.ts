import type { AuditDraft, AuditName, LocalKey } from '../store';
import { auditEvents, type AuditEvent } from './audit-event';

/** Who did it. */
export type AuditedActor =
  | { readonly kind: 'staff'; readonly subject: string; readonly role: string; readonly department: string | null }
  | { readonly kind: 'relation'; readonly relationRef: string; readonly delegation?: number }
  /** Whoever brings a patient's signature. */
  | { readonly kind: 'anybody' }
  /** The organisation's own agent. */
  | { readonly kind: 'gateway' };

/** The person that an act is about, as far as this organisation can tell. */
export interface AuditedPerson {
  readonly subjectRef: string | null;
  readonly relationRef: string | null;
}

/** One decision about one person's data. What concerns several persons is an act for each, so that none tells of another. */
export interface AuditedAct extends AuditedPerson {
  /** As in the answer's header and the log. */
  readonly requestId: string;
  readonly event: AuditEvent;
  /** Method and path as the route is written, without its values. */
  readonly route: string;
  readonly actor: AuditedActor;
  /** FHIR types that were asked for. */
  readonly types: readonly string[];
  /** Records by their FHIR references, with the version where it is known, or by their ids. */
  readonly records: readonly string[];
  readonly purpose: string | null;
  /** HTTP status of the answer; of an agent's act that of an answer that said as much. */
  readonly status: number;
  /** Code of the error, or what was decided. */
  readonly code: string | null;
  /** What was searched for; it may name others and is the organisation's alone. */
  readonly query: string | null;
  /** Network address of the caller; the organisation's alone. */
  readonly address: string | null;
}

/** The entry of an act. */
export function newDraft(act: AuditedAct, key: Pick<LocalKey, 'name'>): AuditDraft {
  const { requestId, event, route, actor, subjectRef, relationRef, types, records, purpose, status, code, query, address } = act;
  const action = auditEvents[event];
  return {
    says: {
      ...{ request: requestId, event, action, route, actor: describeActor(actor, key, subjectRef ?? relationRef ?? '') },
      ...{ subject: subjectRef, relation: relationRef, types, records, purpose, status, code },
    },
    own: { person: actor.kind === 'staff' ? actor.subject : null, query, address },
    names: [...newNames(act), ['event', event], ['action', action], ['outcome', outcomeOf(status)]],
  };
}

/** FHIR R4 valueset-audit-event-outcome.html: success, minor failure, serious failure. */
export function outcomeOf(status: number): '0' | '4' | '8' {
  if (status < 400) return '0';
  return status < 500 ? '4' : '8';
}

/** A staff member's name is one per patient: what two patients see of her cannot be put together. */
function describeActor(actor: AuditedActor, key: Pick<LocalKey, 'name'>, about: string): AuditDraft['says'] {
  switch (actor.kind) {
    case 'staff': {
      const { kind, subject, role, department } = actor;
      return { kind, name: key.name('audit-person', JSON.stringify([about, subject])), role, department };
    }
    case 'relation':
      return {
        kind: actor.delegation === undefined ? 'patient' : 'delegate',
        name: actor.relationRef,
        delegation: actor.delegation ?? null,
      };
    default:
      return { kind: actor.kind };
  }
}

function newNames({ actor, subjectRef, relationRef, purpose, types, records }: AuditedAct): readonly AuditName[] {
  return [
    ...(actor.kind === 'staff' ? [['person', actor.subject] as const] : []),
    ...(subjectRef === null ? [] : [['subject', subjectRef] as const]),
    ...(relationRef === null ? [] : [['relation', relationRef] as const]),
    ...(purpose === null ? [] : [['purpose', purpose] as const]),
    ...types.map((type) => ['type', type] as const),
    ...records.map((record) => ['record', withoutVersion(record)] as const),
  ];
}

/** `Type/id` of a reference to a version. */
export function withoutVersion(reference: string): string {
  return reference.replace(/\/_history\/.*$/, '');
}
