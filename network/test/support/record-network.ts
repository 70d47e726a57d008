import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where integration tests leave a recording of each network that they started: MEDACCORD_TEST_RECORDINGS. Unset: nowhere. */
const FOLDER = process.env['MEDACCORD_TEST_RECORDINGS'] ?? '';

const counts = new Map<string, number>();

type Ask = (verb: string, ...options: readonly string[]) => Promise<{ readonly code: number | null; readonly output: string }>;

/**
 * Records the chain of a test's network and what clients are told of it, before the network goes away. One that was stopped comes up for it.
 * Files are named after their tests. @throws Error with what the network said instead
 */
export async function recordNetwork(ask: Ask): Promise<void> {
  if (FOLDER === '') return;
  mkdirSync(FOLDER, { recursive: true });
  await ask('up');
  const { code, output } = await ask('record', join(FOLDER, nextName()), '--answers');
  if (code !== 0) throw new Error(`The network was not recorded (${String(code)}): ${output}`);
}

/** `story`, and `story-2` for the second network of the same test. */
function nextName(): string {
  const test = basename(expect.getState().testPath ?? 'network', '.int.test.ts');
  const count = (counts.get(test) ?? 0) + 1;
  counts.set(test, count);
  return `${test}${count === 1 ? '' : `-${String(count)}`}.recording`;
}
