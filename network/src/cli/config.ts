import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { FabricSurroundings } from '../binaries';
import type { Platform } from '../process';

/** What the command line takes from its surroundings, read once. */
export interface CliConfig {
  /** The folder of the whole project: topology files name other folders relative to it. */
  readonly root: string;
  readonly defaultTopology: string;
  readonly platform: Platform;
  readonly colour: boolean;
  /** Whether somebody looks at a screen, which can be drawn anew. */
  readonly terminal: boolean;
  /** Where Fabric's binaries may be. */
  readonly fabric: FabricSurroundings;
  /** What another command of ours must be given to read the same from its surroundings: more than the network's processes are told. */
  readonly environment: Readonly<Record<string, string>>;
}

const HANDED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TERM', 'COLORTERM', 'NO_COLOR'];
/** Ours, and those that decide how a download leaves this machine. */
const OWN = [
  'MEDACCORD_FABRIC_BIN',
  'MEDACCORD_FABRIC_ARCHIVE',
  'MEDACCORD_FABRIC_SHA256',
  'XDG_CACHE_HOME',
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_ENV_PROXY',
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
];

/** The only reader of the environment. Processes of the network get the harmless part of it and nothing else. */
export function loadCliConfig(env: Readonly<NodeJS.ProcessEnv>): CliConfig {
  const root = join(__dirname, '../../..');
  const environment = pick(env, HANDED_ON);
  return {
    root,
    defaultTopology: join(root, 'network/topologies/default.json'),
    platform: { node: process.execPath, environment },
    colour: process.stdout.isTTY && env['NO_COLOR'] === undefined,
    terminal: process.stdout.isTTY,
    fabric: readFabricSurroundings(env),
    environment: { ...environment, ...pick(env, OWN) },
  };
}

/** An empty variable counts as none. */
function readFabricSurroundings(env: Readonly<NodeJS.ProcessEnv>): FabricSurroundings {
  const folder = env['MEDACCORD_FABRIC_BIN'] || undefined;
  const cacheHome = env['XDG_CACHE_HOME'] ?? '';
  return {
    folder: folder === undefined ? undefined : resolve(folder),
    path: (env['PATH'] ?? '').split(delimiter),
    // The XDG base directory specification: a relative path is to be ignored.
    cache: join(isAbsolute(cacheHome) ? cacheHome : join(homedir(), '.cache'), 'medaccord'),
    archive: env['MEDACCORD_FABRIC_ARCHIVE'] || undefined,
    sha256: env['MEDACCORD_FABRIC_SHA256'] || undefined,
  };
}

function pick(env: Readonly<NodeJS.ProcessEnv>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
