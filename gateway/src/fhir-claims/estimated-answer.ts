import type { Adjudication, BenefitPlan, ClaimFacts } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { planText, type Answer } from './answer';

/** What a plan's rule answers to a FHIR Claim that nobody has submitted. */
export function estimatedAnswer(
  claim: JsonObject,
  { adjudication, plan, facts }: { readonly adjudication: Adjudication; readonly plan: BenefitPlan; readonly facts: ClaimFacts },
): Answer {
  const { claimId, outcome } = adjudication;
  const ruling = { plan, adjudication, isInNetwork: facts.isInNetwork, overrides: [], authorized: [] };
  return { claim, claimId, n: undefined, at: facts.at, status: 'active', outcome, disposition: planText(plan), ruling };
}
