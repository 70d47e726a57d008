import type { Config } from './config';

/** The address by which everybody knows this gateway. */
export function findOrigin({ connection: { members, organisation } }: Config): string {
  const own = members.find(({ mspId }) => mspId === organisation.mspId);
  return new URL(own?.gateway ?? 'http://localhost').origin;
}
