import type { BenefitPlan } from './benefit-plan';
import type { BilledClaim } from './claim';
import { findCategory, isAbout } from './line-question';

/** The kinds of record, as FHIR types, without which the plan does not decide a line. */
export interface NeededEvidence {
  readonly line: number;
  readonly recordTypes: readonly string[];
}

/**
 * What the plan's rule reads to decide a claim, line by line: what is released for it, and nothing else. A line for which the plan asks
 * for nothing has no row.
 */
export function evidenceNeeded(plan: BenefitPlan, claim: BilledClaim): readonly NeededEvidence[] {
  return claim.lines.flatMap((line) => {
    const question = { claim, line, category: findCategory(plan, claim, line) };
    const types = plan.evidence.filter(({ services }) => isAbout(services, question)).flatMap(({ recordTypes }) => recordTypes);
    return types.length === 0 ? [] : [{ line: line.sequence, recordTypes: [...new Set(types)].sort() }];
  });
}
