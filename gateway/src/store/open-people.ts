import type { LocalKey } from './local-key';
import { openKept, type KeptPlace } from './open-kept';
import { newPeopleTable, peopleTable, type PeopleTable } from './people-table';
import { newSignInTable, signInTable, type SignInTable } from './sign-in-table';

/** Accounts, clients, and who is signed in. */
export interface People {
  readonly people: PeopleTable;
  readonly signIns: SignInTable;
}

/** Opens the kept tables of people: gateways of an organisation that share a database share them, too. */
export async function openPeople(place: KeptPlace, key: LocalKey): Promise<People & { close(): Promise<void> }> {
  const kept = await openKept(place, 'people', [[peopleTable, signInTable].join('\n')]);
  return { people: newPeopleTable(kept, key), signIns: newSignInTable(kept, key), close: () => kept.close() };
}
