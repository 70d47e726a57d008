import { closeSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { AnsweredError, readLines } from '../process';
import type { Topology } from '../topology';
import { DeploymentError } from './deployment-error';

/** What a running network does on request, by verb; `about` is the word after it, or empty. */
export type ControlVerbs = Readonly<Record<string, (about: string) => Promise<unknown>>>;

interface Answer {
  readonly body?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

const SOCKET = 'control.sock';
/** unix(7): sun_path holds 108 bytes with the final zero. */
const LONGEST_SOCKET_PATH = 107;

/**
 * Opens the running network's door for this machine's commands: a socket inside the run folder, which only its owner may enter. One line
 * with a verb, and a word that it is about, is asked; one line of JSON is answered. Returns the function that closes it.
 */
export async function openControlDoor(topology: Topology, verbs: ControlVerbs): Promise<() => Promise<void>> {
  const path = join(topology.paths.run, SOCKET);
  // Whoever holds the run folder's lock owns this name; a killed predecessor may have left it.
  rmSync(path, { force: true });
  const visitors = new Set<Socket>();
  const server = createServer((socket) => {
    visitors.add(socket);
    socket.once('close', () => visitors.delete(socket));
    answer(socket, verbs);
  });
  const { reachable, release } = shorten(path);
  try {
    await listen(server, reachable);
  } finally {
    release();
  }
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const socket of visitors) socket.destroy();
      rmSync(path, { force: true });
    });
}

/** Asks the running network. @throws DeploymentError NETWORK_UNREACHABLE; AnsweredError with the network's own code. */
export async function askNetwork(topology: Topology, verb: string, about = ''): Promise<unknown> {
  const { reachable, release } = shorten(join(topology.paths.run, SOCKET));
  const socket = connect(reachable);
  socket.write(`${verb} ${about}\n`);
  let line: string | undefined;
  try {
    line = await firstLine(socket);
  } finally {
    socket.destroy();
    release();
  }
  if (line === undefined) {
    throw new DeploymentError(
      'NETWORK_UNREACHABLE',
      'The network ended, or is not up yet, and gave no answer.',
      'See `status`, then repeat the command.',
    );
  }
  const { body, error } = JSON.parse(line) as Answer;
  if (error !== undefined) throw new AnsweredError(error.code, error.message, error.hint);
  return body;
}

function answer(socket: Socket, verbs: ControlVerbs): void {
  socket.on('error', () => undefined);
  void firstLine(socket).then(async (line) => {
    const [verb = '', about = ''] = (line ?? '').split(' ');
    const carryOut = verbs[verb];
    if (carryOut === undefined) return socket.destroy();
    const said: Answer = await carryOut(about).then(
      (body) => ({ body }),
      (error: unknown) => ({ error: describe(error) }),
    );
    return socket.end(`${JSON.stringify(said)}\n`);
  });
}

function describe(error: unknown): NonNullable<Answer['error']> {
  const { code = 'INTERNAL', message, hint } = error as Error & { code?: string; hint?: string };
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

/** Undefined when the other side ends, or was never there. */
function firstLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    readLines(socket, resolve);
    socket.once('close', () => {
      resolve(undefined);
    });
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      resolve();
    });
  });
}

/** A name of the socket that fits the kernel's limit: for a long path, by way of the folder's descriptor. */
function shorten(path: string): { reachable: string; release: () => void } {
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return { reachable: path, release: () => undefined };
  const folder = openSync(dirname(path), 'r');
  return {
    reachable: `/proc/self/fd/${String(folder)}/${basename(path)}`,
    release: () => {
      closeSync(folder);
    },
  };
}
