import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where integration tests leave a recording of each network that they started: MEDACCORD_TEST_RECORDINGS. Unset: nowhere. */
const FOLDER = process.env['MEDACCORD_TEST_RECORDINGS'] ?? '';
const DONE = 0;
const RUNS_ALREADY = 3;

type Ask = (verb: string, ...options: readonly string[]) => Promise<{ readonly code: number | null; readonly output: string }>;

const counts = new Map<string, number>();

/** Keeps the chain of a test's network, and what clients are told of it, before it is forgotten. */
export class NetworkRecorder {
  readonly #file: string;

  /** runFolder: what is not there yet is not recorded. */
  constructor(
    readonly runFolder: string,
    readonly ask: Ask,
  ) {
    this.#file = join(FOLDER, nextName());
  }

  /** A network that is down comes up for it. A later recording of the same network replaces this one. @throws Error with what it said instead */
  async record(): Promise<void> {
    if (FOLDER === '' || !existsSync(join(this.runFolder, 'topology.json'))) return;
    mkdirSync(FOLDER, { recursive: true });
    const up = await this.ask('up');
    // What a test left so that it does not come up has shown its failure already.
    if (up.code !== DONE && up.code !== RUNS_ALREADY) return;
    const { code, output } = await this.ask('record', this.#file, '--answers');
    if (up.code === DONE) await this.ask('down');
    if (code !== DONE) throw new Error(`The network was not recorded (${String(code)}): ${output}`);
  }
}

/** `story`, and `story-2` for the second network of the same test. */
function nextName(): string {
  const test = basename(expect.getState().testPath ?? 'network', '.int.test.ts');
  const count = (counts.get(test) ?? 0) + 1;
  counts.set(test, count);
  return `${test}${count === 1 ? '' : `-${String(count)}`}.recording`;
}
