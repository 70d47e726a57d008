import { AsyncLocalStorage } from 'node:async_hooks';
import { newSignInAudit, type SignInAct, type SignInAudit } from '../audit';
import type { SeenAttempt } from '../people';
import { readCode, toCodedError } from '../problem';
import type { AuditLog, LocalKey } from '../store';

/** The request that something is part of. */
export type SignInTrail = Pick<SignInAct, 'requestId' | 'route'> & { readonly address: string };

/** Writes down who signs in, before it is answered. Of names without an account nothing is kept, so that strangers cannot fill the log. */
export class SignInWitness {
  readonly #log: Pick<AuditLog, 'append' | 'assertReady'>;
  readonly #write: SignInAudit;
  readonly #trail = new AsyncLocalStorage<SignInTrail>();
  /** Until when an account pauses whose pause is written down, in milliseconds. */
  readonly #pauses = new Map<string, number>();

  constructor({ audit, key }: { readonly audit: Pick<AuditLog, 'append' | 'assertReady'>; readonly key: Pick<LocalKey, 'name'> }) {
    this.#log = audit;
    this.#write = newSignInAudit(audit, key);
  }

  /** Refuses what could not be written down, before it is done. @throws CodedError AUDIT_UNAVAILABLE */
  assertReady(): void {
    this.#log.assertReady();
  }

  /** What is seen while this works is part of that request. */
  during<T>(trail: SignInTrail, work: () => Promise<T>): Promise<T> {
    return this.#trail.run(trail, work);
  }

  /** Somebody tried to sign in, or to choose what she signs in with. @throws CodedError AUDIT_UNAVAILABLE */
  async see({ event, account: { userName, role, department }, error }: SeenAttempt): Promise<void> {
    const code = readCode(error) ?? null;
    if (code === 'SIGN_IN_PAUSED' && !this.#beginsPause(userName, error)) return;
    const status = code === null ? 200 : code === 'SIGN_IN_PAUSED' ? 429 : 401;
    await this.tell({ event, person: { subject: userName, role, department }, status, code, clientId: undefined });
  }

  /** @throws CodedError AUDIT_UNAVAILABLE */
  async tell(act: Omit<SignInAct, keyof SignInTrail>): Promise<void> {
    const { requestId = '', route = '', address = null } = this.#trail.getStore() ?? {};
    await this.#write({ ...act, requestId, route, address });
  }

  /** A pause is written down once, however often somebody knocks until it is over. */
  #beginsPause(userName: string, error: unknown): boolean {
    const now = Date.now();
    if ((this.#pauses.get(userName) ?? 0) > now) return false;
    this.#pauses.set(userName, now + Number(toCodedError(error).details['retryAfterSeconds'] ?? 0) * 1000);
    return true;
  }
}
