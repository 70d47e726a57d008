import { newError, type Caller, type Signed } from '../model';

/**
 * Checks who brings an approval: a guardian's anybody, an authority's its own registrar.
 *
 * @throws CALLER_NOT_ALLOWED, APPROVER_NOT_NAMED
 */
export function assertMayApprove({ payload: { by, subjectRef } }: Signed<'recovery-approval'>, { mspId, role }: Caller): void {
  if (by === null) return;
  if (by !== mspId) throw newError('APPROVER_NOT_NAMED', { subjectRef });
  if (role !== 'registrar') throw newError('CALLER_NOT_ALLOWED', { transaction: 'ApproveRecovery', allowed: 'role:registrar' });
}
