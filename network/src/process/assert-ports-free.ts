import { createServer } from 'node:net';
import { findPortHolder, type PortHolder } from './port-holder';
import { ProcessError } from './process-error';
import type { ProcessSpec } from './process-spec';

/** An address that somebody will listen on, and what that one is called. */
export interface WantedPort {
  readonly host: string;
  readonly port: number;
  readonly title: string;
}

/** An address that cannot be listened on now. */
export interface BusyPort extends WantedPort {
  /** Undefined: this user may not see who it is, or nobody is and the system refuses it for another reason. */
  readonly holder: PortHolder | undefined;
  /** A sentence with the address, and pid and command of its holder. */
  readonly problem: string;
}

/**
 * Tries every address that the processes will listen on, all at once, and names who holds the busy ones.
 * @throws ProcessError PORT_IN_USE, listing every busy port with pid and command of its holder.
 */
export async function assertPortsFree(specs: readonly ProcessSpec[]): Promise<void> {
  const busy = await findBusyPorts(specs.flatMap((spec) => spec.listens.map((address) => ({ ...address, title: spec.title }))));
  if (busy.length === 0) return;
  throw new ProcessError('PORT_IN_USE', busy.map(({ problem }) => problem).join('\n'), {
    hint: 'Stop the process that holds the port, or choose another `ports.base` in the topology file.',
  });
}

/** Tries every address, all at once; those that cannot be listened on now. */
export async function findBusyPorts(wanted: readonly WantedPort[]): Promise<BusyPort[]> {
  return (await Promise.all(wanted.map(describeIfBusy))).filter((busy) => busy !== undefined);
}

function describeIfBusy(wanted: WantedPort): Promise<BusyPort | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(describe(wanted, error));
    });
    probe.listen({ host: wanted.host, port: wanted.port, exclusive: true }, () => {
      probe.close(() => {
        resolve(undefined);
      });
    });
  });
}

function describe(wanted: WantedPort, error: NodeJS.ErrnoException): BusyPort {
  const place = `Port ${wanted.host}:${wanted.port}, needed by ${wanted.title},`;
  if (error.code !== 'EADDRINUSE') return { ...wanted, holder: undefined, problem: `${place} cannot be listened on: ${error.message}` };
  const holder = findPortHolder(wanted.port);
  const who = holder === undefined ? 'a process that this user may not see' : `pid ${holder.pid} (${holder.command})`;
  return { ...wanted, holder, problem: `${place} is held by ${who}.` };
}
