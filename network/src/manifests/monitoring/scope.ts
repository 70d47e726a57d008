import type { Organisation, Topology } from '../../topology';

/** Whose nodes somebody watches: a member its own, or whoever runs them all on a machine or in a cluster. */
export interface Scope {
  /** Of files; an organisation cannot be called `all`. */
  readonly name: string;
  /** The organisation; undefined: all of them. */
  readonly project: string | undefined;
  readonly organisations: readonly Organisation[];
}

/** The consortium as a whole, and each member by itself. */
export function listScopes({ organisations }: Topology): Scope[] {
  return [
    { name: 'all', project: undefined, organisations },
    ...organisations.map((organisation) => ({ name: organisation.name, project: organisation.name, organisations: [organisation] })),
  ];
}
