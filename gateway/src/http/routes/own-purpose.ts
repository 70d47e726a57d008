import { asksFor, type MspId } from '@medaccord/chaincode/model';
import type { Caller } from '../../auth';
import { newError } from '../../problem';
import type { Facts } from '../../store';

/** Whoever asks for one purpose does not read what came for another: to them there is no such request. @throws CodedError RESOURCE_NOT_FOUND */
export function assertOwnPurpose(
  { facts, mspId }: { readonly facts: Pick<Facts, 'findRequest'>; readonly mspId: MspId },
  requestId: string,
  caller: Caller,
): void {
  const request = facts.findRequest(mspId, requestId)?.value;
  if (request === undefined || caller.kind !== 'staff' || !asksFor(caller.role, request.purpose))
    throw newError('RESOURCE_NOT_FOUND', 'This organisation made no such request');
}
