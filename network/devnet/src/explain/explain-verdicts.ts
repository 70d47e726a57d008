import type { Verdict } from '../committer/conclude-block';
import { explainEvidence } from './explain-evidence';

/** For people: why transactions are invalid, by index. Made after the verdict, from what the checks found; if it fails, nothing is said. */
export function explainVerdicts(verdicts: readonly Verdict[]): ReadonlyMap<number, string> {
  const explanations = new Map<number, string>();
  verdicts.forEach(({ code, evidence }, index) => {
    const explanation = explainSafely(code, evidence);
    if (explanation !== undefined) explanations.set(index, explanation);
  });
  return explanations;
}

function explainSafely(code: number, evidence: Verdict['evidence']): string | undefined {
  try {
    return explainEvidence(code, evidence);
  } catch {
    return undefined;
  }
}
