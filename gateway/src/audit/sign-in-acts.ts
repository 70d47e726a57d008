import type { AuditLog, LocalKey } from '../store';
import { newDraft, type AuditedAct } from './audited-act';

/** Somebody signed in or out, or an application was given tokens for somebody. */
export interface SignInAct extends Pick<AuditedAct, 'requestId' | 'route' | 'status' | 'code' | 'address'> {
  readonly event: 'login' | 'logout' | 'token' | 'account';
  /** Whose account it is; of a failed attempt, whose it would have been. */
  readonly person: { readonly subject: string; readonly role: string; readonly department: string | null };
  /** The application that it was done for. */
  readonly clientId: string | undefined;
}

export type SignInAudit = (act: SignInAct) => Promise<void>;

/** Writes down who signs in. What it says is of staff, never of a patient. It throws CodedError AUDIT_UNAVAILABLE. */
export function newSignInAudit(log: Pick<AuditLog, 'append'>, key: Pick<LocalKey, 'name'>): SignInAudit {
  return async ({ person, clientId, ...act }) => {
    const records = clientId === undefined ? [] : [nameClient(clientId)];
    const about = { subjectRef: null, relationRef: null, types: [], purpose: null, query: null, records };
    await log.append([newDraft({ ...act, ...about, actor: { kind: 'staff', ...person } }, key)]);
  };
}

/** How entries name a registered application, and an account that somebody else changed. */
export const nameClient = (clientId: string): string => `urn:medaccord:client:${clientId}`;
export const nameAccount = (userName: string): string => `urn:medaccord:account:${userName}`;
