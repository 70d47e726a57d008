import {
  authorizationId,
  decideClaim,
  formatCanonical,
  newError,
  type Adjudication,
  type AdjudicationDocument,
  type ClaimBody,
  type LineOverride,
} from '../model';
import type { AdjudicationQuestion } from './adjudication-question';
import { checkFacts } from './check-facts';
import type { Check } from './checker';

type Decided = NonNullable<AdjudicationDocument['decided']>;

/**
 * Checks that a document decides what the rule decides, and that beside the rule a person paid only what was claimed.
 *
 * @throws ADJUDICATION_INVALID naming what does not hold; ADJUDICATION_NEEDS_PERSON
 */
export function checkDecision(check: Check, decided: Decided, question: AdjudicationQuestion): Adjudication {
  const { document, body } = question;
  if (document.manner === 'rule' && decided.facts.decisions.length + decided.overrides.length > 0)
    throw newError('ADJUDICATION_NEEDS_PERSON', { relationRef: document.relationRef, claimId: document.claimId });
  checkFacts(check, decided, question);
  const result = resultOf(check, decided, question);
  check(formatCanonical(result) === decided.result, 'has another result than the rule');
  checkOverrides(check, decided.overrides, body);
  checkAuthorized(check, decided.authorized, body, result);
  return result;
}

function resultOf(check: Check, { facts }: Decided, { plan, document, body }: AdjudicationQuestion): Adjudication {
  try {
    return decideClaim(plan, document, body, facts);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    check(false, 'leaves the range of what can be counted');
    throw error;
  }
}

function checkOverrides(check: Check, overrides: readonly LineOverride[], { lines }: ClaimBody): void {
  const charges = new Map(lines.map(({ sequence, charge }) => [sequence, charge]));
  check(new Set(overrides.map(({ line }) => line)).size === overrides.length, 'pays a line twice beside the rule');
  for (const { line, benefit } of overrides) check(benefit <= (charges.get(line) ?? -1), 'pays more than a line charges');
}

/** A preauthorization allows what the rule would pay, no more of it than was asked for, under ids that no other has. */
function checkAuthorized(check: Check, authorized: Decided['authorized'], { use, claimId, lines }: ClaimBody, result: Adjudication): void {
  check(use === 'preauthorization' || authorized.length === 0, 'authorizes in a claim that asks for no authorization');
  check(new Set(authorized.map(({ id }) => id)).size === authorized.length, 'authorizes a line twice');
  for (const { id, service, units } of authorized) {
    const line = lines.find(({ sequence }) => authorizationId(claimId, sequence) === id);
    check(
      result.lines.some(({ sequence, outcome }) => sequence === line?.sequence && outcome === 'paid'),
      'authorizes what the rule does not pay',
    );
    const isOfLine = line !== undefined && formatCanonical(line.service) === formatCanonical(service) && units <= line.units;
    check(isOfLine, 'authorizes another service than the line, or more of it');
  }
}
