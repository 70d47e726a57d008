import type { Actor } from '@medaccord/chaincode/model';
import type { Caller } from '../../auth';
import type { LocalKey } from '../../store';

/** The pseudonym of who decides about claims, one per relation: it tells two persons apart, whatever their certificates. */
export function nameClaimsPerson(key: Pick<LocalKey, 'name'>, relationRef: string, caller: Caller): Actor {
  const subject = caller.kind === 'staff' ? caller.subject : '';
  return key.name('claims-person', JSON.stringify([relationRef, subject])) as Actor;
}
