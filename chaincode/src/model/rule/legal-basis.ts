import { confidentialityOf, isAtMost } from '../confidentiality';
import type { Rules } from '../entry';
import type { MspId } from '../identifiers';
import type { LegalBasis } from '../legal-basis';
import { isCoveredBy, type Purpose } from '../purpose';
import type { RecordDetails } from '../record-details';

/** What a legal basis is judged by. It never asks the consent. */
export interface LegalBasisQuestion {
  readonly relation: { readonly custodian: MspId; readonly counterparty: MspId };
  readonly rules: Pick<Rules, 'roles' | 'suspended' | 'legalBases'>;
  readonly purpose: Purpose;
}

/** Whether the rules let the counterparty have this record without a consent. Never where a member is suspended. */
export function isLegallyBased(question: LegalBasisQuestion & { readonly record: Pick<RecordDetails, 'category' | 'labels'> }): boolean {
  const { category, labels } = question.record;
  return basesOf(question).some(
    ({ categories, confidentiality }) => categories.includes(category) && isAtMost(confidentialityOf(labels), confidentiality),
  );
}

/** What the rule can say without the record against a release that rests on a legal basis; undefined when one still covers its purpose. */
export function findReasonAgainstBasis(question: LegalBasisQuestion): 'organisation-suspended' | 'no-permit' | undefined {
  if (isSuspended(question)) return 'organisation-suspended';
  return basesOf(question).length === 0 ? 'no-permit' : undefined;
}

/** The legal bases that cover the purpose and name the counterparty's role. */
function basesOf(question: LegalBasisQuestion): readonly LegalBasis[] {
  const { relation, rules, purpose } = question;
  const { legalBases = [] } = rules;
  if (legalBases.length === 0 || isSuspended(question)) return [];
  const role = rules.roles[relation.counterparty];
  return legalBases.filter((basis) => role !== undefined && basis.roles.includes(role) && isCoveredBy(purpose, basis.purpose));
}

function isSuspended({ relation: { custodian, counterparty }, rules: { suspended } }: LegalBasisQuestion): boolean {
  return suspended.includes(custodian) || suspended.includes(counterparty);
}
