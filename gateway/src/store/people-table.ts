import type { Row } from './database';
import type { KeptDatabase } from './kept-database';
import type { LocalKey } from './local-key';

export const peopleTable = `
CREATE TABLE people (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;`;

/** What lasts of people: accounts, whose a passkey is, the clients that they use, and what the provider of their tokens signs with. */
export type PeopleKind = 'account' | 'passkey' | 'client' | 'keys';

/** Values under ids, as JSON; ids are stored as HMAC, values sealed. What changes resolves when it survives a power failure. */
export interface PeopleTable {
  find(kind: PeopleKind, id: string): Promise<unknown>;
  list(kind: PeopleKind): Promise<readonly unknown[]>;
  /** Whether it is new; what is there already stays. */
  add(kind: PeopleKind, id: string, value: unknown): Promise<boolean>;
  /**
   * Replaces a value by what `next` makes of it, and of nothing else: where another gateway changes it meanwhile, `next` is asked again. Gives the
   * new value, or nothing where there is none; what `next` throws goes through, and nothing is changed.
   */
  change<T>(kind: PeopleKind, id: string, next: (before: T) => T): Promise<T | undefined>;
  /** Whether there was one. */
  remove(kind: PeopleKind, id: string): Promise<boolean>;
}

export function newPeopleTable(kept: KeptDatabase, key: LocalKey): PeopleTable {
  const nameOf = (kind: PeopleKind, id: string): string => key.name('people', JSON.stringify([kind, id]));
  const seal = (kind: PeopleKind, name: string, value: unknown): Uint8Array =>
    key.seal(`people/${kind}/${name}`, Buffer.from(JSON.stringify(value)));
  const open = (kind: PeopleKind, { name, sealed }: Row): unknown =>
    JSON.parse(Buffer.from(key.open(`people/${kind}/${String(name)}`, sealed as Uint8Array)).toString('utf8'));
  const findRow = async (kind: PeopleKind, name: string): Promise<Row | undefined> =>
    (await kept.all('SELECT name, sealed FROM people WHERE kind = ? AND name = ?', [kind, name]))[0];
  const change = async (sql: string, values: Parameters<KeptDatabase['run']>[1]): Promise<boolean> => {
    const isDone = (await kept.run(sql, values)) === 1;
    if (isDone) await kept.sync();
    return isDone;
  };
  return {
    find: async (kind, id) => {
      const row = await findRow(kind, nameOf(kind, id));
      return row === undefined ? undefined : open(kind, row);
    },
    list: async (kind) =>
      (await kept.all('SELECT name, sealed FROM people WHERE kind = ? ORDER BY name', [kind])).map((row) => open(kind, row)),
    add: (kind, id, value) => {
      const name = nameOf(kind, id);
      return change('INSERT INTO people VALUES (?, ?, ?) ON CONFLICT DO NOTHING', [kind, name, seal(kind, name, value)]);
    },
    change: async <T>(kind: PeopleKind, id: string, next: (before: T) => T): Promise<T | undefined> => {
      const name = nameOf(kind, id);
      for (;;) {
        const row = await findRow(kind, name);
        if (row === undefined) return undefined;
        const value = next(open(kind, row) as T);
        // Each sealing is another, so equal bytes say that nobody was faster.
        const values = [seal(kind, name, value), kind, name, row.sealed as Uint8Array];
        if (await change('UPDATE people SET sealed = ? WHERE kind = ? AND name = ? AND sealed = ?', values)) return value;
      }
    },
    remove: (kind, id) => change('DELETE FROM people WHERE kind = ? AND name = ?', [kind, nameOf(kind, id)]),
  };
}
