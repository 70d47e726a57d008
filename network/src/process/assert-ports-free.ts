import { createServer } from 'node:net';
import { findPortHolder } from './port-holder';
import { ProcessError } from './process-error';
import type { ProcessSpec } from './process-spec';

interface Wanted {
  readonly host: string;
  readonly port: number;
  readonly title: string;
}

/**
 * Tries every address that the processes will listen on, all at once, and names who holds the busy ones.
 * @throws ProcessError PORT_IN_USE, listing every busy port with pid and command of its holder.
 */
export async function assertPortsFree(specs: readonly ProcessSpec[]): Promise<void> {
  const wanted = specs.flatMap((spec) => spec.listens.map((address) => ({ ...address, title: spec.title })));
  const problems = (await Promise.all(wanted.map(describeIfBusy))).filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  throw new ProcessError('PORT_IN_USE', problems.join('\n'), {
    hint: 'Stop the process that holds the port, or choose another `ports.base` in the topology file.',
  });
}

function describeIfBusy(wanted: Wanted): Promise<string | undefined> {
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

function describe({ host, port, title }: Wanted, error: NodeJS.ErrnoException): string {
  const place = `Port ${host}:${port}, needed by ${title},`;
  if (error.code !== 'EADDRINUSE') return `${place} cannot be listened on: ${error.message}`;
  const holder = findPortHolder(port);
  const who = holder === undefined ? 'a process that this user may not see' : `pid ${holder.pid} (${holder.command})`;
  return `${place} is held by ${who}.`;
}
