import type { Actor, MspId } from './identifiers';
import type { StaffRole } from './role';

/** Who sent a transaction, as the certificate says. */
export interface Caller {
  readonly mspId: MspId;
  /** The attribute `role` of the certificate; undefined when it has none that we know. */
  readonly role: StaffRole | undefined;
  /** The certificate carries the organisational unit `admin` (NodeOUs). */
  readonly isAdmin: boolean;
  readonly actor: Actor;
}
