import { hostname } from 'node:os';
import type { MspIdentity, TlsIdentity } from '../../topology';
import { enroll, type Enrollment } from '../client/ca-client';
import { findLastingKey } from './current-pair';
import { ensureRegistered, type RegistrarDesk } from './registrar-desk';

/** Has an identity certified by way of the registrar, whatever became of an earlier certificate. */
export async function enrollMspMaterial(desk: RegistrarDesk, identity: MspIdentity): Promise<Enrollment> {
  const attributes = Object.entries(identity.attributes).map(([name, value]) => ({ name, value, ecert: true }));
  const secret = await ensureRegistered(desk, { id: identity.id, type: identity.type, attributes, maxEnrollments: -1 });
  const privateKey = findLastingKey(identity);
  return enroll(desk.endpoint, { id: identity.id, secret, ...(privateKey === undefined ? {} : { privateKey }) });
}

/** @param hosts names and addresses that the certificate stands for, beside those that the topology gives it. */
export async function enrollTlsMaterial(
  desk: RegistrarDesk,
  identity: TlsIdentity,
  hosts: readonly string[] = localHosts(),
): Promise<Enrollment> {
  const secret = await ensureRegistered(desk, { id: identity.id, type: identity.type, maxEnrollments: -1 });
  return enroll(desk.endpoint, { id: identity.id, secret, profile: 'tls', hosts: mergeHosts(hosts, identity) });
}

/** Without doubles, in order. */
export function mergeHosts(hosts: readonly string[], identity: TlsIdentity): string[] {
  return [...new Set([...hosts, ...identity.hosts])];
}

/** Names under which every process of this machine can be reached. */
export function localHosts(): string[] {
  return [...new Set(['localhost', '127.0.0.1', '::1', hostname().toLowerCase()])];
}
