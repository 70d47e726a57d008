import { addMinutes, newError, type Instant, type Signed } from '../model';

/** How long a member's statement may be on its way, in minutes. */
const FRESH_MINUTES = 10;

/**
 * Checks that what a member signed was signed now: delays are counted from such statements, so none is kept for later or dated back.
 *
 * @throws STATEMENT_NOT_FRESH
 */
export function assertFresh({ kind, payload }: Signed<'patient-hold' | 'recovery-opening' | 'recovery-completion'>, now: Instant): void {
  if (payload.issuedAt > now || addMinutes(payload.issuedAt, FRESH_MINUTES) < now) throw newError('STATEMENT_NOT_FRESH', { kind });
}
