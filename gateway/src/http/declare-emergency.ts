import { emergencyReasons } from '@medaccord/chaincode/model';
import type { Caller } from '../auth';
import { newError } from '../problem';

/** The header by which somebody with a reach says that it is an emergency, and which. */
export const emergencyHeader = 'medaccord-emergency';

/**
 * Break-glass within the house: lifts a reach for one request. The audit log has the request under the purpose BTG, with the reason.
 * @param said the header; who has no reach has nothing to lift
 * @throws CodedError REQUEST_INVALID
 */
export function declareEmergency(caller: Caller, said: string | undefined): Caller {
  if (said === undefined || caller.kind !== 'staff' || caller.reach === null) return caller;
  const emergency = emergencyReasons.find((reason) => reason === said);
  if (emergency === undefined)
    throw newError('REQUEST_INVALID', `header.${emergencyHeader}: must be one of ${emergencyReasons.join(', ')}`);
  return { ...caller, reach: null, emergency };
}
