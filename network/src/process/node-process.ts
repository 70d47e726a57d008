import type { ProcessSpec } from './process-spec';

/** What all processes of this machine are given: the Node that runs them, and the harmless part of the environment. */
export interface Platform {
  readonly node: string;
  /** Such as PATH, HOME, LANG, TMPDIR. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Megabytes of each half of the young generation (V8's own limit grows with the machine): a dozen processes share it, and the smaller
 * limit costs no measurable processor time.
 */
const SEMI_SPACE = 4;
const NODE_OPTIONS = ['--disable-warning=ExperimentalWarning', `--max-semi-space-size=${String(SEMI_SPACE)}`];
const READY_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 8000;

/** What Node programs have in common: ready with a line that starts with `ready`, unless the caller knows better evidence. */
export function newNodeProcess(
  named: Pick<ProcessSpec, 'name' | 'title' | 'listens'>,
  platform: Platform,
  argv: readonly [string, ...string[]],
  cwd: string,
): ProcessSpec {
  return {
    ...named,
    argv: [platform.node, ...NODE_OPTIONS, ...argv],
    cwd,
    env: { ...platform.environment, NODE_ENV: 'production' },
    readiness: { kind: 'line', startsWith: 'ready' },
    readyWithinMs: READY_WITHIN_MS,
    stopsWithinMs: STOPS_WITHIN_MS,
    talks: false,
  };
}
