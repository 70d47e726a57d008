import type { JsonObject } from '../fhir';
import type { Answer } from './answer';
import { fhirIdOf } from './elements';
import { names } from './systems';

/** What ClaimResponse and ExplanationOfBenefit begin with; `taken`: what else they take from the Claim. */
export function formatAnswerHead({ claim, claimId, n, at, status, ruling }: Answer, taken: readonly string[]): JsonObject {
  const copied = ['type', 'use', 'patient', 'insurer', ...taken];
  return {
    ...(n !== undefined && { id: fhirIdOf(claimId), meta: { lastUpdated: at } }),
    ...(n !== undefined && n > 0 && { identifier: [{ system: names.adjudication, value: `${claimId}.${String(n)}` }] }),
    status,
    ...(ruling && { insurer: { display: ruling.plan.title } }),
    ...Object.fromEntries(Object.entries(claim).filter(([name]) => copied.includes(name))),
    created: at,
  };
}
