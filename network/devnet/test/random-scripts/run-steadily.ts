import { hex, sha256, utf8 } from '../../src/proto/bytes';
import { PRIVATE_KEYS } from './random-operations';
import type { Run, Script } from './script';
import type { ScriptLedger } from './script-ledger';
import { RunAgain, ScriptRun } from './script-run';

const TRIES = 30;
/** Only what hangs takes so long: a hundred scripts at once on a busy machine take some minutes each. */
const DEADLINE_MS = 1_200_000;

export interface SteadyOptions {
  /** Gives a prefix that no run had before. */
  readonly newPrefix: () => string;
  readonly blockToLive: number;
  readonly wanted?: Run | undefined;
}

/** Runs a script, again where chance came in its way. @throws RunAgain when that does not end; Error when a step does not */
export async function runSteadily(ledger: ScriptLedger, script: Script, options: SteadyOptions): Promise<Run> {
  for (let tries = 1; ; tries++) {
    const run = new ScriptRun(ledger, script, {
      ...options,
      prefix: tries === 1 && options.wanted ? options.wanted.prefix : newPrefixLike(options.wanted?.prefix, options.newPrefix),
    });
    try {
      return await within(DEADLINE_MS, run.run(), () => `${ledger.spec.name}: script ${String(script.seed)} stands at ${run.where()}`);
    } catch (error) {
      if (!(error instanceof RunAgain)) throw error;
      if (tries === TRIES)
        throw new RunAgain(`${ledger.spec.name}: script ${String(script.seed)} stands at ${run.where()}: ${error.message}`, {
          cause: error,
        });
    }
  }
}

/** A new prefix under which the private keys are in the order of another prefix: simulations list them by their hashes. */
function newPrefixLike(other: string | undefined, newPrefix: () => string): string {
  for (;;) {
    const prefix = newPrefix();
    if (other === undefined || orderOfPrivateKeys(prefix) === orderOfPrivateKeys(other)) return prefix;
  }
}

function orderOfPrivateKeys(prefix: string): string {
  const hashOf = (key: string): string => hex(sha256(utf8(key.replace('@', prefix))));
  return PRIVATE_KEYS.toSorted((one, other) => (hashOf(one) < hashOf(other) ? -1 : 1)).join();
}

async function within<T>(ms: number, work: Promise<T>, describe: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(describe())), ms)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
