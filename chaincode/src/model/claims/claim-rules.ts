import { integer, object, table, type Parsed } from '../encoding/parser';
import { parseCurrency, parseMoney } from './money';

const days = integer(1, 3650);

/** The part of the consortium's rules about claims. Days run from the claim's submission, and from each appeal. */
export const parseClaimRules = object({
  acknowledgeDays: days,
  adjudicateDays: days,
  appealDays: days,
  appealDecisionDays: days,
  /** By currency, in minor units: what a person pays above it takes a second person. A currency that is not named has no such limit. */
  secondPersonOver: table(parseCurrency, parseMoney, 200),
});
export type ClaimRules = Parsed<typeof parseClaimRules>;

/** Where the rules say nothing of claims. */
export const defaultClaimRules: ClaimRules = {
  acknowledgeDays: 2,
  adjudicateDays: 30,
  appealDays: 180,
  appealDecisionDays: 30,
  secondPersonOver: {},
};
