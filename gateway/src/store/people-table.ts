import type { Database, Row } from './database';
import type { LocalKey } from './local-key';
import type { Sync } from './syncer';

export const peopleTable = `
CREATE TABLE people (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;`;

/** What lasts of people: accounts and the clients that they use. */
export type PeopleKind = 'account' | 'client';

/** Values under ids, as JSON; ids are stored as HMAC, values sealed. */
export interface PeopleTable {
  find(kind: PeopleKind, id: string): unknown;
  list(kind: PeopleKind): readonly unknown[];
  /** Kept at once; resolves when it survives a power failure. */
  save(kind: PeopleKind, id: string, value: unknown): Promise<void>;
  remove(kind: PeopleKind, id: string): Promise<void>;
}

export function newPeopleTable(database: Database, key: LocalKey, sync: Sync): PeopleTable {
  const find = database.prepare('SELECT name, sealed FROM people WHERE kind = ? AND name = ?');
  const list = database.prepare('SELECT name, sealed FROM people WHERE kind = ? ORDER BY name');
  const save = database.prepare('INSERT OR REPLACE INTO people (kind, name, sealed) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM people WHERE kind = ? AND name = ?');
  const nameOf = (kind: PeopleKind, id: string): string => key.name('people', JSON.stringify([kind, id]));
  const open = (kind: PeopleKind, row: Row): unknown =>
    JSON.parse(Buffer.from(key.open(`people/${kind}/${String(row.name)}`, row.sealed as Uint8Array)).toString('utf8'));
  return {
    find: (kind, id) => {
      const row = find.get(kind, nameOf(kind, id)) as Row | undefined;
      return row === undefined ? undefined : open(kind, row);
    },
    list: (kind) => (list.all(kind) as Row[]).map((row) => open(kind, row)),
    save: (kind, id, value) => {
      const name = nameOf(kind, id);
      save.run(kind, name, key.seal(`people/${kind}/${name}`, Buffer.from(JSON.stringify(value))));
      return sync();
    },
    remove: (kind, id) => {
      remove.run(kind, nameOf(kind, id));
      return sync();
    },
  };
}
