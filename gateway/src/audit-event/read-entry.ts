import type { AuditEvent } from '../audit';
import type { KeptEntry } from '../store';

/** What an entry says, with what the organisation keeps beside it. */
export interface ReadEntry {
  readonly log: string;
  readonly n: number;
  readonly at: string;
  readonly request: string;
  readonly event: AuditEvent;
  readonly action: string;
  readonly route: string;
  readonly actor: {
    readonly kind: 'staff' | 'patient' | 'delegate' | 'gateway' | 'anybody';
    readonly name?: string;
    readonly role?: string;
    readonly department?: string | null;
  };
  readonly subject: string | null;
  readonly relation: string | null;
  readonly records: readonly string[];
  readonly purpose: string | null;
  readonly status: number;
  readonly code: string | null;
  readonly person: string | null;
  readonly query: string | null;
  readonly address: string | null;
}

export function readEntry({ text, own }: KeptEntry): ReadEntry {
  return { ...(JSON.parse(text) as ReadEntry), ...(JSON.parse(own) as Pick<ReadEntry, 'person' | 'query' | 'address'>) };
}

/** The id of an entry's AuditEvent: entries of another log have others. */
export function formatEventId({ log, n }: Pick<ReadEntry, 'log' | 'n'>): string {
  return `${Buffer.from(log, 'base64url').toString('hex')}-${String(n)}`;
}
