import { readConformanceConsortium } from '../../devnet/test/random-scripts/conformance-consortium';
import { generateScript } from '../../devnet/test/random-scripts/generate-script';
import { newPrefixes } from '../../devnet/test/random-scripts/prefixes';
import type { RecordedRun } from '../../devnet/test/random-scripts/script-recording';
import { ScriptComparison, type Finding } from '../../devnet/test/random-scripts/script-comparison';
import type { ScriptLedger } from '../../devnet/test/random-scripts/script-ledger';

export interface CompareOptions {
  /** Seed of the first script; the others follow. */
  readonly seed: number;
  readonly scripts: number;
  /** Scripts under way at once. */
  readonly parallel: number;
  /** Stops after so many differences. */
  readonly mostFindings: number;
  readonly onProgress?: (progress: { readonly scripts: number; readonly steps: number; readonly findings: number }) => void;
  readonly onFinding?: (finding: Finding) => void;
}

export interface Compared {
  readonly scripts: number;
  readonly steps: number;
  readonly findings: readonly Finding[];
  /** In order of their seeds. */
  readonly runs: readonly RecordedRun[];
  /** The first difference, made as small as it gets. */
  readonly smallest: Finding | undefined;
}

/** Runs random scripts on two ledgers, many at once, and compares everything that can be seen of them. */
export async function compareLedgers(first: ScriptLedger, second: ScriptLedger, options: CompareOptions): Promise<Compared> {
  const { blockToLive } = readConformanceConsortium();
  const comparison = new ScriptComparison(first, second, { newPrefix: newPrefixes(process.pid), blockToLive });
  const findings: Finding[] = [];
  const runs: RecordedRun[] = [];
  let next = options.seed;
  let steps = 0;
  const work = async (): Promise<void> => {
    while (next < options.seed + options.scripts && findings.length < options.mostFindings) {
      const script = generateScript(next++);
      const { run, finding } = await comparison.compare(script);
      runs.push({ script, run });
      steps += script.steps.length;
      if (finding !== undefined) {
        findings.push(finding);
        options.onFinding?.(finding);
      }
      options.onProgress?.({ scripts: runs.length, steps, findings: findings.length });
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, work));
  const steady = findings.find(({ repeated }) => repeated > 0);
  return {
    scripts: runs.length,
    steps,
    findings,
    runs: runs.sort((a, b) => a.script.seed - b.script.seed),
    smallest: steady && (await comparison.minimise(steady)),
  };
}
