import { RequestInvalid } from '../encoding/parser';
import type { BenefitPlan } from './benefit-plan';
import { codeKey, isSameCode } from './code-key';
import type { Services } from './services';

const partNames = [
  'categories',
  'bundles',
  'companions',
  'evidence',
  'waitingPeriods',
  'authorizations',
  'quantities',
  'exclusions',
  'rules',
] as const;

/** Checks what no part of a plan can check alone. @throws RequestInvalid */
export function checkPlan(plan: BenefitPlan, place: string): void {
  if (plan.outOfPocketMaximum !== null && plan.outOfPocketMaximum < plan.deductible) {
    throw new RequestInvalid(`${place}.outOfPocketMaximum`, 'the deductible at least');
  }
  for (const name of partNames) {
    checkDistinct(
      plan[name].map(({ id }) => id),
      `${place}.${name}`,
    );
  }
  checkDistinct(
    plan.tariffs.map(({ service }) => codeKey(service)),
    `${place}.tariffs`,
  );
  checkCategoriesNamed(plan, place);
  plan.bundles.forEach(({ whole, part }, at) => {
    if (isSameCode(whole, part)) throw new RequestInvalid(`${place}.bundles[${String(at)}].part`, 'another service than the whole');
  });
}

function checkDistinct(keys: readonly string[], place: string): void {
  const seen = new Set<string>();
  keys.forEach((key, at) => {
    if (seen.has(key)) throw new RequestInvalid(`${place}[${String(at)}]`, 'named once only');
    seen.add(key);
  });
}

function checkCategoriesNamed(plan: BenefitPlan, place: string): void {
  const known = new Set(plan.categories.map(({ id }) => id));
  for (const name of ['evidence', 'waitingPeriods', 'authorizations', 'quantities', 'exclusions', 'rules'] as const) {
    plan[name].forEach(({ services }: { readonly services: Services | null }, at) => {
      const unknown = services?.categories?.findIndex((category) => !known.has(category)) ?? -1;
      if (unknown >= 0) {
        throw new RequestInvalid(
          `${place}.${name}[${String(at)}].services.categories[${String(unknown)}]`,
          'the id of a category of the plan',
        );
      }
    });
  }
}
