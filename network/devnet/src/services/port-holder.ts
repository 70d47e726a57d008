import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const LISTEN = '0A';

/** "process 123 (node server.js)" of whoever listens on a local TCP port; undefined where the system does not tell (it does on Linux). */
export function holderOfPort(port: number): string | undefined {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeners(table, port)));
  if (sockets.size === 0) return undefined;
  const pid = entries('/proc').find((name) => /^\d+$/.test(name) && holdsOne(name, sockets));
  return pid === undefined ? 'a process of another user' : `process ${pid} (${commandOf(pid)})`;
}

/** Socket inodes, as "socket:[inode]". Columns of the table: number, local address, remote address, state, ..., inode. */
function listeners(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return attempt(() => readFileSync(table, 'utf8').split('\n').slice(1), [])
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) === true && columns[3] === LISTEN)
    .map((columns) => `socket:[${columns[9] ?? ''}]`);
}

function holdsOne(pid: string, sockets: ReadonlySet<string>): boolean {
  return entries(`/proc/${pid}/fd`).some((descriptor) => sockets.has(attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`), '')));
}

function commandOf(pid: string): string {
  const words = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'), '')
    .split('\0')
    .slice(0, 2);
  return words.join(' ').trim() || 'unnamed';
}

function entries(folder: string): readonly string[] {
  return attempt(() => readdirSync(folder), []);
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
