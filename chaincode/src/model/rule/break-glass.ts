import { isSensitive } from '../category';
import { confidentialityOf, isAtMost } from '../confidentiality';
import type { ConsentDocument, ConsentException } from '../consent-document';
import { isCoveredBy, type Purpose } from '../purpose';
import type { ConsentHeader } from '../signed-payload';
import type { AccessQuestion, StandingQuestion } from './decide-access';

// The part of the rule for emergencies. The declaration is the proof of the purpose; consent and its state are not asked, only whether the
// patient has expressly refused. Nor is a death: one that was recorded in error must not close her record in an emergency. docs/reference/consent-rule.md, "Break-glass".

/** Tells whether a purpose is break-glass: ETREAT and all below it. */
export function isBreakGlass(purpose: Purpose): boolean {
  return isCoveredBy(purpose, 'ETREAT');
}

/** What is against any break-glass of this request; undefined when nothing is. */
export function findReasonAgainstBreakGlass(
  question: StandingQuestion,
): 'organisation-suspended' | 'purpose-not-proved' | 'expired' | undefined {
  const { relation, rules, purpose, emergencyUntil, now } = question;
  if (rules.suspended.includes(relation.custodian) || rules.suspended.includes(relation.counterparty)) return 'organisation-suspended';
  const isAllowed = rules.emergency !== undefined && rules.purposes.some((cover) => isCoveredBy(purpose, cover));
  if (!isAllowed || emergencyUntil === undefined) return 'purpose-not-proved';
  return now < emergencyUntil ? undefined : 'expired';
}

/** Tells whether a record is of the emergency subset: never one of a sensitive category, nor R or V. */
export function isOfEmergencySubset({ record, rules }: Pick<AccessQuestion, 'record' | 'rules'>): boolean {
  const { category, labels } = record;
  if (isSensitive(category) || !isAtMost(confidentialityOf(labels), 'N')) return false;
  return rules.emergency?.categories.includes(category) === true;
}

/** Tells whether a refusal of emergencies can stand in a version: the patient signed its document herself. A delegate neither makes nor ends one. */
export function isOwnDocument({ delegation, document }: Pick<ConsentHeader, 'delegation' | 'document'>): boolean {
  return delegation === undefined && document !== null;
}

/** What a document says about emergencies expressly: only its exceptions that name ETREAT or below, over a base that permits. */
export function expressOf(document: ConsentDocument): ConsentDocument {
  const isExpress = ({ purposes }: ConsentException): boolean => purposes?.some(isBreakGlass) === true;
  return {
    ...document,
    sets: document.sets.map((set) => ({ ...set, base: 'permit' as const, exceptions: set.exceptions.filter(isExpress) })),
  };
}
