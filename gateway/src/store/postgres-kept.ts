import type { ClientBase, Pool } from 'pg';
import { newError } from '../problem';
import type { Row } from './database';
import type { KeptDatabase, KeptValue, Queries } from './kept-database';

/** Connections of one gateway. */
const connections = 8;
/** How long a connection and a statement may take, in milliseconds. */
const times = { connectMs: 5_000, statementMs: 15_000 };
/** The number of the lock under which tables are brought up to date, by one gateway at a time. */
const migrationLock = 7_364_152;
/** SQLSTATE classes that say that the database, not the statement, is the trouble: connection, resources, operator, system. */
const unavailableClasses = ['08', '53', '57', '58'];

/** Kept in PostgreSQL: every commit is on the disk of the database (`synchronous_commit`) before it is answered. */
export class PostgresKept implements KeptDatabase {
  readonly isShared = true;
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
    // A connection that breaks while nobody uses it is replaced.
    pool.on('error', () => undefined);
  }

  /**
   * Connects and brings the tables of `part` up to date, as `openDatabase` does for a file.
   * @throws CodedError STORE_UNAVAILABLE; Error when the database would forget what it has acknowledged
   */
  static async open(url: string, part: string, migrations: readonly string[]): Promise<PostgresKept> {
    // Loaded only where it is used.
    const { Pool: PgPool } = await import('pg');
    const pool = new PgPool({
      connectionString: withDurableCommits(url),
      max: connections,
      connectionTimeoutMillis: times.connectMs,
      statement_timeout: times.statementMs,
      query_timeout: times.statementMs + times.connectMs,
      keepAlive: true,
      application_name: 'medaccord-gateway',
    });
    const kept = new PostgresKept(pool);
    try {
      await kept.#assertDurable();
      await kept.transaction((queries) => migrate(queries, part, migrations));
      return kept;
    } catch (error) {
      await kept.close();
      throw error;
    }
  }

  async all(sql: string, values: readonly KeptValue[] = []): Promise<readonly Row[]> {
    return query(this.#pool, sql, values).then(({ rows }) => rows);
  }

  async run(sql: string, values: readonly KeptValue[] = []): Promise<number> {
    return query(this.#pool, sql, values).then(({ count }) => count);
  }

  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch(rethrow);
    let broken: Error | undefined;
    try {
      await query(client, 'BEGIN');
      const result = await work({
        all: (sql, values) => query(client, sql, values).then(({ rows }) => rows),
        run: (sql, values) => query(client, sql, values).then(({ count }) => count),
      });
      await query(client, 'COMMIT');
      return result;
    } catch (error) {
      await query(client, 'ROLLBACK').catch((failure: unknown) => {
        broken = failure as Error;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Nothing is left to do: a commit is answered when it is durable. */
  sync(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #assertDurable(): Promise<void> {
    const [row] = await this.all("SELECT current_setting('fsync') AS fsync");
    if (row?.fsync !== 'on') throw new Error('The database runs with fsync = off and may forget what it has acknowledged; set it to on');
  }
}

/** Whatever server or role say, a commit waits for the disk; what the address sets beside stays. */
function withDurableCommits(url: string): string {
  const address = new URL(url);
  const options = address.searchParams.get('options') ?? '';
  address.searchParams.set('options', `${options} -c synchronous_commit=on`.trim());
  return address.href;
}

async function migrate(queries: Queries, part: string, migrations: readonly string[]): Promise<void> {
  await queries.all('SELECT pg_advisory_xact_lock(?)', [migrationLock]);
  await queries.run('CREATE TABLE IF NOT EXISTS migrated (part TEXT PRIMARY KEY, applied BIGINT NOT NULL)');
  const [row] = await queries.all('SELECT applied FROM migrated WHERE part = ?', [part]);
  for (const migration of migrations.slice(Number(row?.applied ?? 0))) if (migration !== '') await queries.run(translate(migration));
  await queries.run(
    'INSERT INTO migrated VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET applied = greatest(migrated.applied, excluded.applied)',
    [part, migrations.length],
  );
}

/** Tables are written in SQLite's words for types. */
function translate(migration: string): string {
  return migration
    .replaceAll(/\bINTEGER\b/g, 'BIGINT')
    .replaceAll(/\bBLOB\b/g, 'BYTEA')
    .replaceAll(/\) STRICT(, WITHOUT ROWID)?/g, ')');
}

async function query(
  on: Pick<ClientBase, 'query'>,
  sql: string,
  values: readonly KeptValue[] = [],
): Promise<{ readonly rows: readonly Row[]; readonly count: number }> {
  let at = 0;
  const text = sql.replaceAll('?', () => `$${String((at += 1))}`);
  // Several statements at once are possible only without values.
  const done = await (values.length === 0 ? on.query<Row>(text) : on.query<Row>(text, [...values])).catch(rethrow);
  return { rows: done.rows, count: done.rowCount ?? 0 };
}

/** A message of the database may hold values: it goes no further than the cause. */
function rethrow(cause: unknown): never {
  const { code } = cause as { code?: unknown };
  const isState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  if (isState && !unavailableClasses.includes(code.slice(0, 2))) throw new Error(`The database refused a statement (${code})`, { cause });
  throw newError('STORE_UNAVAILABLE', "The gateway's database does not answer; ask again", { cause });
}
