import {
  formatCanonical,
  yearOf,
  type Accumulators,
  type Adjudication,
  type BenefitPlan,
  type ClaimBody,
} from '@medaccord/chaincode/model';

/**
 * The part of what she used elsewhere without which the rule would answer otherwise: no hospital learns more of another. What was billed and
 * authorized elsewhere stays out in any case, for it would tell of treatments.
 * @param decide the rule's answer, told so much of what she used elsewhere
 */
export function neededElsewhere(
  used: Accumulators,
  { plan, body }: { readonly plan: BenefitPlan; readonly body: Pick<ClaimBody, 'lines'> },
  decide: (elsewhere: Accumulators) => Adjudication,
): Accumulators {
  const places = body.lines.flatMap(({ day }) => [`year/${yearOf(day, plan.yearBegins)}/`, `day/${day}/units/`]);
  let needed = Object.fromEntries(Object.entries(used).filter(([key]) => places.some((place) => key.startsWith(place))));
  const wanted = answerOf(decide(needed));
  for (const key of Object.keys(needed)) {
    const { [key]: _, ...fewer } = needed;
    if (answerOf(decide(fewer)) === wanted) needed = fewer;
  }
  return needed;
}

const answerOf = ({ lines, used }: Adjudication): string => formatCanonical([lines, used]);
