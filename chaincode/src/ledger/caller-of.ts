import { X509Certificate } from 'node:crypto';
import type { ClientIdentity } from 'fabric-shim-api';
import { parseMspId, staffRoles, type Actor, type Caller, type StaffRole } from '../model';
import { digestOf } from '../signature';

/**
 * Who sent the transaction. The peer has verified certificate and signature; role is the attribute `role` (Fabric CA writes attributes into
 * the extension 1.2.3.4.5.6.7.8.1), admin the organisational unit of NodeOUs. The actor is the hash of the certificate, which stands
 * in the block anyway and carries a random name.
 */
export function callerOf(identity: ClientIdentity): Caller {
  const certificate = identity.getIDBytes();
  const role = identity.getAttributeValue('role');
  return {
    mspId: parseMspId(identity.getMSPID(), 'caller'),
    role: isStaffRole(role) ? role : undefined,
    actor: digestOf(certificate) as string as Actor,
    get isAdmin(): boolean {
      return new X509Certificate(certificate).subject.split('\n').includes('OU=admin');
    },
  };
}

function isStaffRole(role: string | null): role is StaffRole {
  return role !== null && (staffRoles as readonly string[]).includes(role);
}
