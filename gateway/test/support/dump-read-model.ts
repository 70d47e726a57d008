import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The read model of a gateway that lies in a folder: every table, but for what differs between two sealings of the same and two counts of rows. */
export function dumpReadModel(folder: string): Readonly<Record<string, readonly string[]>> {
  const tables = ['projection', 'index'].flatMap((name) => {
    const database = new DatabaseSync(join(folder, `${name}.sqlite`), { readOnly: true });
    try {
      const names = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .all();
      return names.map(({ name: table }) => {
        const rows = database.prepare(`SELECT * FROM "${String(table)}"`).all();
        return [String(table), rows.map(({ sealed: _sealed, rank: _rank, ...row }) => JSON.stringify(row)).sort()] as const;
      });
    } finally {
      database.close();
    }
  });
  return Object.fromEntries(tables);
}
