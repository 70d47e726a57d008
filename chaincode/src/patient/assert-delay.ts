import { addMinutes, RequestInvalid, type Rules, type Signed } from '../model';

/** Checks that an opening takes effect no sooner than the rules' delay after it was signed. @throws RequestInvalid */
export function assertDelay({ payload }: Signed<'recovery-opening'>, { deadlines }: Rules): void {
  if (payload.effectiveAt < addMinutes(payload.issuedAt, deadlines.recoveryHours * 60))
    throw new RequestInvalid('request.opening.effectiveAt', `at least ${String(deadlines.recoveryHours)} hours after issuedAt`);
}
