import { join } from 'node:path';
import { openDatabase } from './database';
import type { LocalKey } from './local-key';
import { newPeopleTable, peopleTable, type PeopleTable } from './people-table';
import { newSignInTable, signInTable, type SignInTable } from './sign-in-table';
import { newSyncer } from './syncer';

/** Accounts, clients, and who is signed in. */
export interface People {
  readonly people: PeopleTable;
  readonly signIns: SignInTable;
}

/** Opens `people.sqlite` in the data folder: it is of this gateway alone, also where others share the rest. */
export function openPeople(data: string, key: LocalKey): People & { close(): void } {
  const path = join(data, 'people.sqlite');
  const database = openDatabase(path, [[peopleTable, signInTable].join('\n')]);
  const syncer = newSyncer(path);
  return {
    people: newPeopleTable(database, key, syncer.sync),
    signIns: newSignInTable(database, key),
    close: () => {
      syncer.close();
      database.close();
    },
  };
}
