import type { StatementSync } from 'node:sqlite';
import type { Database } from './database';
import { selectDeclared } from './declared';

export type Statements = Readonly<
  Record<
    | 'checkpoint'
    | 'put'
    | 'remove'
    | 'find'
    | 'findRequest'
    | 'findCoverage'
    | 'list'
    | 'listType'
    | 'page'
    | 'closedRecords'
    | 'countParts'
    | 'declared'
    | 'undecided'
    | 'addUndecided'
    | 'endUndecided'
    | 'undelivered'
    | 'addUndelivered'
    | 'endUndelivered',
    StatementSync
  >
>;

/** The statements of the read model's own table and its lists of work. */
export function prepareStatements(database: Database): Statements {
  const columns = 'type, ref, id, value, block, transaction_id';
  return {
    checkpoint: database.prepare('UPDATE checkpoint SET height = ?, time = ?'),
    put: database.prepare('INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    remove: database.prepare('DELETE FROM fact WHERE type = ? AND ref = ? AND id = ?'),
    find: database.prepare(`SELECT ${columns} FROM fact WHERE type = ? AND ref = ? AND id = ?`),
    findRequest: database.prepare(`SELECT ${columns} FROM fact WHERE type = 'request' AND id = ?`),
    findCoverage: database.prepare(`SELECT ${columns} FROM fact WHERE type = 'coverage' AND id = ? ORDER BY block, position, ref`),
    list: database.prepare(`SELECT ${columns} FROM fact WHERE type = ? AND ref = ? ORDER BY block, position, ordinal`),
    listType: database.prepare(`SELECT ${columns} FROM fact WHERE type = ? ORDER BY block, position, ref, ordinal`),
    page: database.prepare(`SELECT ${columns} FROM fact WHERE type = ? AND (ref, id) > (?, ?) ORDER BY ref, id LIMIT ?`),
    closedRecords: database.prepare(
      `SELECT ${columns} FROM fact WHERE type = 'record' AND ref GLOB ? AND (json_extract(value, '$.whole') OR json_extract(value, '$.groupId') IN
        (SELECT id FROM fact WHERE type = 'group' AND ref = ? AND json_extract(value, '$.status') = 'closed')) ORDER BY block, position, ref, ordinal`,
    ),
    countParts: database.prepare("SELECT count(*) AS number FROM fact WHERE type = 'delivery' AND ref = ? AND id GLOB ? AND ordinal <= ?"),
    declared: database.prepare(selectDeclared),
    undecided: database.prepare('SELECT ref, id FROM undecided'),
    addUndecided: database.prepare(
      `INSERT OR IGNORE INTO undecided SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM fact WHERE type = 'decision' AND ref = ? AND id = ?)`,
    ),
    endUndecided: database.prepare('DELETE FROM undecided WHERE ref = ? AND id = ?'),
    undelivered: database.prepare('SELECT ref, id FROM undelivered WHERE deadline >= ?'),
    addUndelivered: database.prepare('INSERT OR IGNORE INTO undelivered VALUES (?, ?, ?)'),
    endUndelivered: database.prepare('DELETE FROM undelivered WHERE ref = ? AND id = ?'),
  };
}
