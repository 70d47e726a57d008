import type { StaffRole } from '@medaccord/chaincode/model';
import type { Caller } from '../auth';
import type { LedgerIdentity } from '../ledger/ledger';
import { newError } from '../problem';

/** Where members of staff have their own ledger identities. */
export interface StaffBook {
  get(person: { readonly subject: string; readonly role: StaffRole }): Promise<LedgerIdentity>;
}

/** The ledger identity of whoever calls. @throws CodedError TOKEN_MISSING for anybody who is no member of staff */
export function newIdentityOf(staff: StaffBook): (caller: Caller) => Promise<LedgerIdentity> {
  return async (caller) => {
    if (caller.kind !== 'staff') throw newError('TOKEN_MISSING', 'This needs a staff token');
    return staff.get({ subject: caller.subject, role: caller.role });
  };
}
