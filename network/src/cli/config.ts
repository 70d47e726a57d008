import { join } from 'node:path';
import type { Platform } from '../process';

/** What the command line takes from its surroundings, read once. */
export interface CliConfig {
  /** The folder of the whole project: topology files name other folders relative to it. */
  readonly root: string;
  readonly defaultTopology: string;
  readonly platform: Platform;
  readonly colour: boolean;
}

const HANDED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TERM', 'COLORTERM', 'NO_COLOR'];

/** The only reader of the environment. Processes of the network get the harmless part of it and nothing else. */
export function loadCliConfig(env: Readonly<NodeJS.ProcessEnv>): CliConfig {
  const root = join(__dirname, '../../..');
  const environment = Object.fromEntries(HANDED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
  return {
    root,
    defaultTopology: join(root, 'network/topologies/default.json'),
    platform: { node: process.execPath, environment },
    colour: process.stdout.isTTY && env['NO_COLOR'] === undefined,
  };
}
