import { isObject, type JsonObject } from '../fhir';
import { listOf } from '../claims';
import type { Answer, Ruling } from './answer';
import { formatAnswerHead } from './answer-head';
import { concept, fhirIdOf, masked, moneyOf, periodOf } from './elements';
import { formatBenefitBalances } from './format-balances';
import { formatRuling } from './format-ruling';
import { systems } from './systems';

/** An insurer's answer as a FHIR R4 ExplanationOfBenefit, with CARIN's categories. */
export function formatExplanation(answer: Answer): JsonObject {
  const { claim, claimId, outcome, disposition, n, ruling } = answer;
  const [focal] = listOf(claim['insurance'], 'Claim.insurance').filter(({ value }) => value['focal'] === true);
  const coverage = focal?.value['coverage'] ?? { display: ruling?.plan.title ?? 'The coverage' };
  return {
    resourceType: 'ExplanationOfBenefit',
    ...formatAnswerHead(answer, ['billablePeriod', 'provider', 'related']),
    claim: { reference: `Claim/${fhirIdOf(claimId)}` },
    ...(n !== undefined && { claimResponse: { reference: `ClaimResponse/${fhirIdOf(claimId)}` } }),
    outcome,
    disposition,
    insurance: [{ focal: true, coverage }],
    ...(ruling && formatDecision(ruling, answer)),
  };
}

function formatDecision(ruling: Ruling, { claim, note }: Answer): JsonObject {
  const { authorized, adjudication, plan, isInNetwork } = ruling;
  const { lines, totals, paid, notes } = formatRuling(ruling, note);
  const balances = formatBenefitBalances(plan, adjudication);
  const status = concept({ system: systems.carinStatus, code: isInNetwork ? 'innetwork' : 'outofnetwork' });
  return {
    ...(authorized.length > 0 && {
      preAuthRef: authorized.map(({ id }) => id),
      preAuthRefPeriod: authorized.map(({ days }) => periodOf(days)),
    }),
    item: lines.map(({ sequence, elements }) => ({ sequence, ...takeBilled(claim, sequence), ...elements })),
    adjudication: [{ category: concept({ system: systems.carinDiscriminator, code: 'benefitpaymentstatus' }), reason: status }],
    total: [...totals],
    ...(claim['use'] === 'claim' && { payment: { amount: moneyOf(paid, plan.currency) } }),
    ...(notes.length > 0 && { processNote: [...notes] }),
    ...(balances.length > 0 && { benefitBalance: balances }),
  };
}

const billedNames = ['productOrService', 'servicedDate', 'servicedPeriod', 'quantity', 'net'];

/** What was billed, as the claim says it. */
function takeBilled(claim: JsonObject, sequence: number): JsonObject {
  const billed = listOf(claim['item'], 'Claim.item').find(({ value }) => value['sequence'] === sequence)?.value;
  const taken = Object.entries(billed ?? {}).filter(([name]) => billedNames.includes(name));
  return isObject(billed?.['productOrService']) ? Object.fromEntries(taken) : { productOrService: masked() };
}
