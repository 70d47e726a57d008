import { parseClaimFacts, type BenefitPlan, type BilledClaim, type ClaimFacts } from '@medaccord/chaincode/model';

/**
 * What an estimate takes for granted beside plan and claim, unless it is told: the claim comes on its last day of service, from inside of
 * the network, under a coverage as old as the plan; the records that its lines name are there; nothing was authorized or billed before.
 *
 * @param told facts that are known, as far as they are: an object with some of the facts
 * @throws RequestInvalid with the path of what is wrong
 */
export function assumedFacts(plan: BenefitPlan, claim: BilledClaim, told: object = {}): ClaimFacts {
  const days = claim.lines.map(({ day }) => day).sort();
  const isSecond = claim.lines.some(({ priorPaid }) => priorPaid !== undefined);
  const assumed = {
    at: `${days.at(-1) ?? plan.period.from}T00:00:00.000Z`,
    coverage: plan.period,
    isInNetwork: true,
    order: isSecond ? 'secondary' : 'primary',
    deceasedOn: null,
    authorizations: [],
    evidence: claim.lines.flatMap(({ sequence, recordTypes }) =>
      recordTypes.map((recordType) => ({ line: sequence, recordType, isIntact: true })),
    ),
    duplicates: [],
    decisions: [],
  };
  return parseClaimFacts({ ...assumed, ...told }, 'facts');
}
