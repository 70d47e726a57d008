import type { emergencyReasons, StaffRole } from '@medaccord/chaincode/model';
import type { TokenGrant } from './smart-scope';

/** Who may call a route. There is no default: a route without it cannot be written. */
export type Access =
  | { readonly by: 'anybody' }
  /** The body carries the patient's signature, which the ledger verifies; whoever brings it may be anybody. */
  | { readonly by: 'signature' }
  /** A monitor at an address that the configuration names; nobody else learns that the route is there. */
  | { readonly by: 'monitor' }
  | { readonly by: 'staff'; readonly roles: readonly StaffRole[] }
  /** The patient, with a token of the relation that the path names; a delegate of hers where the route says so. */
  | { readonly by: 'relation'; readonly delegates?: true }
  | { readonly by: 'relation-or-staff'; readonly roles: readonly StaffRole[]; readonly delegates?: true };

/** Who reads records to treat, and may be limited to a reach. */
export const clinicalRoles = ['physician', 'nurse'] as const satisfies readonly StaffRole[];

/** Whether somebody in this role may have a reach. */
export function mayBeLimited(role: StaffRole): boolean {
  return clinicalRoles.some((one) => one === role);
}

/** A member of staff, as the organisation's token says. */
export interface Staff {
  readonly subject: string;
  readonly role: StaffRole;
  /** Null when the token does not say. */
  readonly department: string | null;
  readonly teams: readonly string[] | null;
  /** The departments whose patients they read about at their own organisation; null: the whole house. */
  readonly reach: readonly string[] | null;
  /** The emergency for which their reach is lifted, where they declared one. */
  readonly emergency?: (typeof emergencyReasons)[number];
  /** What the scopes of the token leave of the role; undefined: all of it. */
  readonly grant?: TokenGrant;
}

/** The patient of a relation, or the delegate with this number in it. */
export interface WalletHolder {
  readonly relationRef: string;
  readonly delegation?: number;
}

/** Who is calling, as proved by the token. */
export type Caller = { readonly kind: 'anybody' } | ({ readonly kind: 'staff' } & Staff) | ({ readonly kind: 'relation' } & WalletHolder);
