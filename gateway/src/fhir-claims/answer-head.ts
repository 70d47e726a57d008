import type { JsonObject } from '../fhir';
import type { Answer } from './answer';
import { fhirIdOf } from './elements';

/** What ClaimResponse and ExplanationOfBenefit begin with; `taken`: what else they take from the Claim. */
export function formatAnswerHead({ claim, claimId, n, at, status, ruling }: Answer, taken: readonly string[]): JsonObject {
  const names = ['type', 'use', 'patient', 'insurer', ...taken];
  return {
    ...(n !== undefined && { id: fhirIdOf(claimId), meta: { versionId: String(n), lastUpdated: at } }),
    status,
    ...(ruling && { insurer: { display: ruling.plan.title } }),
    ...Object.fromEntries(Object.entries(claim).filter(([name]) => names.includes(name))),
    created: at,
  };
}
