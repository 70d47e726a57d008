import { readConformanceConsortium } from '../../devnet/test/random-scripts/conformance-consortium';
import { generateScript } from '../../devnet/test/random-scripts/generate-script';
import { newPrefixes } from '../../devnet/test/random-scripts/prefixes';
import type { Script } from '../../devnet/test/random-scripts/script';
import type { RecordedRun } from '../../devnet/test/random-scripts/script-recording';
import { RunAgain } from '../../devnet/test/random-scripts/script-run';
import { ScriptComparison, type Finding } from '../../devnet/test/random-scripts/script-comparison';
import type { ScriptLedger } from '../../devnet/test/random-scripts/script-ledger';

export interface CompareOptions {
  /** Seed of the first script; the others follow. */
  readonly seed: number;
  /** To be compared; one that is given up is replaced by the next. */
  readonly scripts: number;
  /** Scripts under way at once. */
  readonly parallel: number;
  /** Stops after so many differences. */
  readonly mostFindings: number;
  /** No further script is begun once it is aborted. */
  readonly signal: AbortSignal;
  readonly onRun: (run: RecordedRun) => void;
  readonly onFinding: (finding: Finding) => void;
  /** Chance came in the way of a script again and again. */
  readonly onGivenUp: (seed: number, why: string) => void;
}

export interface Compared {
  readonly findings: readonly Finding[];
  /** Seeds of scripts that were not compared, for chance came in their way again and again. */
  readonly givenUp: readonly number[];
  /** The first seed that was not begun; all before it were. */
  readonly next: number;
  /** The first difference, made as small as it gets. */
  readonly smallest: Finding | undefined;
}

/** Runs random scripts on two ledgers, many at once, and compares everything that can be seen of them. */
export async function compareLedgers(first: ScriptLedger, second: ScriptLedger, options: CompareOptions): Promise<Compared> {
  const { blockToLive } = readConformanceConsortium();
  const comparison = new ScriptComparison(first, second, { newPrefix: newPrefixes(process.pid), blockToLive });
  const findings: Finding[] = [];
  const givenUp: number[] = [];
  let next = options.seed;
  const isDue = (): boolean =>
    next < options.seed + options.scripts + givenUp.length && findings.length < options.mostFindings && !options.signal.aborted;
  const compare = async (script: Script): Promise<void> => {
    const { run, finding } = await comparison.compare(script);
    options.onRun({ script, run });
    if (finding === undefined) return;
    findings.push(finding);
    options.onFinding(finding);
  };
  const work = async (): Promise<void> => {
    while (isDue()) {
      const script = generateScript(next++);
      await compare(script).catch((error: unknown) => {
        if (!(error instanceof RunAgain)) throw error;
        givenUp.push(script.seed);
        options.onGivenUp(script.seed, error.message);
      });
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, work));
  const steady = findings.find(({ repeated }) => repeated > 0);
  return { findings, givenUp, next, smallest: steady && (await comparison.minimise(steady)) };
}
