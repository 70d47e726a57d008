import type { JsonObject } from '../fhir';
import type { Answer, Ruling } from './answer';
import { formatAnswerHead } from './answer-head';
import { concept, fhirIdOf, moneyOf, periodOf } from './elements';
import { formatRuling } from './format-ruling';
import { systems } from './systems';

/** An insurer's answer as a FHIR R4 ClaimResponse. */
export function formatClaimResponse(answer: Answer): JsonObject {
  const { claim, claimId, outcome, disposition, returned, ruling } = answer;
  return {
    resourceType: 'ClaimResponse',
    ...formatAnswerHead(answer, []),
    ...(claim['provider'] !== undefined && { requestor: claim['provider'] }),
    request: { reference: `Claim/${fhirIdOf(claimId)}` },
    outcome,
    disposition,
    ...(ruling && formatDecision(ruling, answer)),
    ...(returned !== undefined && { error: [{ code: concept({ system: systems.returnReason, code: returned }) }] }),
  };
}

function formatDecision(ruling: Ruling, { claim, claimId, outcome, note }: Answer): JsonObject {
  const { lines, totals, paid, notes } = formatRuling(ruling, note);
  const isPaid = claim['use'] === 'claim' && paid > 0;
  return {
    ...formatAuthorization(ruling, claimId),
    item: lines.map(({ sequence, elements }) => ({ itemSequence: sequence, ...elements })),
    total: [...totals],
    // FHIR wants a kind of payment: of an answer that leaves lines open it is a part.
    ...(isPaid && {
      payment: {
        type: concept({ system: systems.paymentType, code: outcome === 'complete' ? 'complete' : 'partial' }),
        amount: moneyOf(paid, ruling.plan.currency),
      },
    }),
    ...(notes.length > 0 && { processNote: [...notes] }),
  };
}

/** R4 has one reference and one period for a whole answer; what each line was allowed stands in its item's extensions. */
function formatAuthorization({ authorized }: Ruling, claimId: string): JsonObject {
  const [first, ...others] = authorized;
  if (first === undefined) return {};
  const from = authorized.map(({ days }) => days.from).reduce((one, other) => (one < other ? one : other));
  const until = authorized
    .map(({ days }) => days.until)
    .reduce((one, other) => (one === null || (other !== null && one > other) ? one : other));
  return { preAuthRef: others.length === 0 ? first.id : claimId, preAuthPeriod: periodOf({ from, until }) };
}
