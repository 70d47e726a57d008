import { findDifference, type Difference } from './compare-runs';
import { runSteadily } from './run-steadily';
import type { Run, Script } from './script';
import type { ScriptLedger } from './script-ledger';
import { shrinkScript } from './shrink-script';

export interface Finding {
  readonly script: Script;
  readonly difference: Difference;
  /** How many of the repetitions showed a difference again. */
  readonly repeated: number;
}

export interface ComparisonOptions {
  readonly newPrefix: () => string;
  readonly blockToLive: number;
}

const REPETITIONS = 3;

/** Runs scripts on two ledgers: on the second as the first one's lots fell. */
export class ScriptComparison {
  constructor(
    readonly first: ScriptLedger,
    readonly second: ScriptLedger,
    readonly options: ComparisonOptions,
  ) {}

  /** Returns the first ledger's run, and what the second did otherwise. */
  async compare(script: Script): Promise<{ readonly run: Run; readonly finding: Finding | undefined }> {
    const { run, difference } = await this.#once(script);
    if (difference === undefined) return { run, finding: undefined };
    let repeated = 0;
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      if ((await this.#once(script)).difference !== undefined) repeated++;
    }
    return { run, finding: { script, difference, repeated } };
  }

  /** The smallest script that shows a difference each time. */
  async minimise({ script }: Finding): Promise<Finding> {
    const fails = async (candidate: Script): Promise<boolean> =>
      (await this.#once(candidate)).difference !== undefined && (await this.#once(candidate)).difference !== undefined;
    const smallest = await shrinkScript(script, fails);
    return (
      (await this.compare(smallest)).finding ?? { script, difference: { where: 'nowhere any more', first: {}, second: {} }, repeated: 0 }
    );
  }

  async #once(script: Script): Promise<{ run: Run; difference: Difference | undefined }> {
    const run = await runSteadily(this.first, script, this.options);
    const other = await runSteadily(this.second, script, { ...this.options, wanted: run });
    return { run, difference: findDifference(run, other) };
  }
}
