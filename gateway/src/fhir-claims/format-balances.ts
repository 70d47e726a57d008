import type { Adjudication, BenefitPlan, Day, PlanCategory } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { concept, moneyOf } from './elements';
import { listBalances, type Balance } from './list-balances';
import { systems } from './systems';

/** X12's service type of a whole health plan. */
const WHOLE_PLAN = '30';

/** What is left of the plan years that a claim touched, after it, as ExplanationOfBenefit.benefitBalance. */
export function formatBenefitBalances(plan: BenefitPlan, { used, accumulators }: Adjudication): JsonObject[] {
  const years = new Set(Object.keys(used).flatMap((key) => /^year\/(\d{4}-\d\d-\d\d)\//.exec(key)?.[1] ?? []));
  return [...years].sort().flatMap((year) => {
    const balances = listBalances(plan, accumulators, year as Day);
    return [undefined, ...plan.categories].flatMap((category) => {
      const financial = balances.filter((one) => one.category === category).map((one) => formatBalance(one, plan.currency));
      return financial.length === 0 ? [] : [{ ...formatBenefitHead(category, year), financial }];
    });
  });
}

/** Of which benefit and year something is told: by the person, by the plan year. */
export function formatBenefitHead(category: PlanCategory | undefined, year: string): JsonObject {
  return {
    category: concept({ system: systems.benefitCategory, code: category?.benefitCategory ?? WHOLE_PLAN }),
    name: category?.title ?? 'The whole plan',
    description: `The plan year that begins on ${year}`,
    unit: concept({ system: systems.benefitUnit, code: 'individual' }),
    term: concept({ system: systems.benefitTerm, code: 'annual' }),
  };
}

/** HL7 has no code for a maximum of the patient's own shares, nor for units that a plan names. */
export function formatBalance({ kind, quantity, allowed, used }: Balance, currency: string): JsonObject {
  if (kind === 'units') {
    const type = concept({ system: systems.ownBenefitType, code: `units/${quantity ?? ''}` });
    return { type, allowedUnsignedInt: allowed, usedUnsignedInt: used };
  }
  const system = kind === 'outOfPocket' ? systems.ownBenefitType : systems.benefitType;
  return {
    type: concept({ system, code: kind }),
    allowedMoney: moneyOf(allowed, currency),
    usedMoney: moneyOf(used, currency),
  };
}
