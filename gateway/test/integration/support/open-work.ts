import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A gateway, known by its folder. */
interface Worker {
  readonly mspId: string;
  readonly connection: { readonly data: string };
}

/** What a gateway has not finished. */
export function listOpenWork(gateway: Worker): string[] {
  return [
    ...countRows(gateway, 'gateway.sqlite', 'unknown outcomes', "intent WHERE state = 'open'"),
    ...countRows(gateway, 'gateway.sqlite', 'running imports', "import WHERE state = 'running'"),
    ...countRows(gateway, 'projection.sqlite', 'undecided requests', 'undecided'),
  ];
}

/** Sealed values that have not arrived yet; what belongs to an entry that never came waits there for a day. */
export function listUnsent(gateway: Worker): string[] {
  return countRows(gateway, 'gateway.sqlite', 'sealed values on their way', 'outbox');
}

/** Transactions of which a gateway does not know yet whether they are on the ledger. */
export function countUnknown(gateway: Worker): number {
  return countIn(gateway, 'gateway.sqlite', "intent WHERE state = 'open'");
}

function countRows(gateway: Worker, file: string, what: string, table: string): string[] {
  const rows = countIn(gateway, file, table);
  return rows === 0 ? [] : [`${gateway.mspId}: ${String(rows)} ${what}`];
}

function countIn({ connection }: Worker, file: string, table: string): number {
  const database = new DatabaseSync(join(connection.data, file), { readOnly: true });
  try {
    return (database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number }).rows;
  } finally {
    database.close();
  }
}
