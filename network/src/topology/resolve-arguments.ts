import type { TopologySpec } from './topology-spec';

/** What an argument of a first transaction may ask for instead of repeating the list of organisations. */
const ROLES_PLACEHOLDER = '$roles';

type Json = TopologySpec['chaincode']['first'][number]['arguments'][number];

/** Puts the table MSP id -> role in the place of `"$roles"`, at any depth, so that a member more is a line more in `organisations` only. */
export function resolveArguments(
  values: readonly Json[],
  organisations: readonly Pick<TopologySpec['organisations'][number], 'mspId' | 'role'>[],
): Json[] {
  const roles = Object.fromEntries(organisations.map(({ mspId, role }) => [mspId, role]));
  const resolve = (value: Json): Json => {
    if (value === ROLES_PLACEHOLDER) return roles;
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };
  return values.map(resolve);
}
