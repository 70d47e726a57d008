import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

export interface PortHolder {
  readonly pid: number;
  /** Command line, cut to a readable length. */
  readonly command: string;
}

const LISTEN = '0A';
const LONGEST_COMMAND = 160;

/** Who listens on a TCP port of this machine; undefined when that cannot be seen (another user's process, no /proc). */
export function findPortHolder(port: number): PortHolder | undefined {
  return findPortHolders([port]).get(port);
}

/** Who listens on which of the ports, as far as that can be seen: one look through all processes. */
export function findPortHolders(ports: readonly number[]): ReadonlyMap<number, PortHolder> {
  const sockets = new Map(listListeners(ports).map(({ inode, port }) => [`socket:[${inode}]`, port]));
  const holders = new Map<number, PortHolder>();
  if (sockets.size === 0) return holders;
  for (const entry of list('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of list(`/proc/${entry}/fd`)) {
      const port = sockets.get(link(`/proc/${entry}/fd/${fd}`));
      if (port !== undefined && !holders.has(port)) holders.set(port, { pid: Number(entry), command: commandOf(entry) });
    }
  }
  return holders;
}

/** proc_net_tcp: local address is hexadecimal `address:port` in field 1, the state is field 3, the inode field 9. */
function listListeners(ports: readonly number[]): { inode: string; port: number }[] {
  const wanted = new Set(ports);
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((table) => read(table).split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .map((fields) => ({ state: fields[3], port: parseInt(fields[1]?.split(':')[1] ?? '', 16), inode: fields[9] ?? '' }))
    .filter(({ state, port }) => state === LISTEN && wanted.has(port));
}

function commandOf(pid: string): string {
  const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  return command.length > LONGEST_COMMAND ? `${command.slice(0, LONGEST_COMMAND)}...` : command;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
