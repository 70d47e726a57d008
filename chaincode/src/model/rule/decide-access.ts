import type { ConsentDocument, ConsentException, ConsentSet } from '../consent-document';
import { isSensitive, type Category } from '../category';
import type { Rules } from '../entry';
import type { MspId } from '../identifiers';
import { isWithin, type Instant } from '../instant';
import { isCoveredBy, type Purpose } from '../purpose';
import type { ConsentHeader, RelationKind } from '../signed-payload';

/** Why access is permitted or denied. Reasons stand in sealed notices only; in public a refusal is NOT_PERMITTED. */
export const accessReasons = [
  'permitted',
  'consent-revoked',
  'relation-closed',
  'not-yet-valid',
  'expired',
  'document-missing',
  'no-permit',
  'denied',
  'label-needs-explicit-permit',
  'purpose-not-proved',
  'organisation-suspended',
  'relation-kind',
] as const;
export type AccessReason = (typeof accessReasons)[number];

/** What the rule looks at. */
export interface AccessQuestion {
  readonly relation: { readonly custodian: MspId; readonly counterparty: MspId; readonly kinds: readonly RelationKind[] };
  /** The version of the relation's consent whose successor is absent, its signature verified. */
  readonly consent: Pick<ConsentHeader, 'relationRef' | 'version' | 'status' | 'validity'>;
  /** The document that the header commits to; undefined when it is not at hand. */
  readonly document: ConsentDocument | undefined;
  readonly rules: Pick<Rules, 'version' | 'purposes' | 'suspended'>;
  readonly now: Instant;
  readonly purpose: Purpose;
  readonly record: { readonly category: Category; readonly labels: readonly string[] };
}

export interface AccessDecision {
  readonly decision: 'permit' | 'deny';
  readonly reason: AccessReason;
  readonly consentVersion: number;
  readonly rulesVersion: number;
  /** What must be done before the record is handed over; none in this version. */
  readonly obligations: readonly string[];
}

/** Purposes that need a proof which this version does not know (a claim, an approved study, break-glass), and all below them. */
const unprovedPurposes: readonly Purpose[] = ['HPAYMT', 'HRESCH', 'ETREAT'];
/** Labels that a permit would have to name; documents cannot name labels in this version. */
const restrictedLabels: readonly string[] = ['R', 'V'];

/**
 * Decides whether one record may be released: a pure function, the same in chaincode, gateway and user interface. Denies by default.
 * Golden vectors: decide-access.vectors.json.
 */
export function decideAccess(question: AccessQuestion): AccessDecision {
  const reason = reasonOfStanding(question) ?? reasonOfPurpose(question) ?? reasonOfDocument(question);
  return {
    decision: reason === 'permitted' ? 'permit' : 'deny',
    reason,
    consentVersion: question.consent.version,
    rulesVersion: question.rules.version,
    obligations: [],
  };
}

function reasonOfStanding({ relation, rules, consent, now }: AccessQuestion): AccessReason | undefined {
  if (rules.suspended.includes(relation.custodian) || rules.suspended.includes(relation.counterparty)) return 'organisation-suspended';
  if (consent.status === 'closed') return 'relation-closed';
  if (consent.status === 'revoked') return 'consent-revoked';
  if (consent.validity === null) return undefined;
  if (now < consent.validity.from) return 'not-yet-valid';
  return now >= consent.validity.until ? 'expired' : undefined;
}

function reasonOfPurpose({ purpose, relation, rules }: AccessQuestion): AccessReason | undefined {
  if (!rules.purposes.some((cover) => isCoveredBy(purpose, cover))) return 'purpose-not-proved';
  if (unprovedPurposes.some((cover) => isCoveredBy(purpose, cover))) return 'purpose-not-proved';
  return isCoveredBy(purpose, 'TREAT') && !relation.kinds.includes('care') ? 'relation-kind' : undefined;
}

function reasonOfDocument(question: AccessQuestion): AccessReason {
  const { consent, document, now, record } = question;
  if (document?.relationRef !== consent.relationRef || document.version !== consent.version) return 'document-missing';
  if (record.labels.some((label) => restrictedLabels.includes(label))) return 'label-needs-explicit-permit';
  const sets = document.sets.filter(({ period }) => period === undefined || isWithin(period, now));
  const answers = sets.map((set) => answerOfSet(set, question));
  if (answers.some(({ decision, isBase }) => decision === 'deny' && !isBase)) return 'denied';
  if (answers.length === 0 || answers.some(({ decision }) => decision === 'deny')) return 'no-permit';
  const isNamed = sets.some(({ exceptions }) => exceptions.some((exception) => isNamedPermit(exception, question)));
  return isSensitive(record.category) && !isNamed ? 'label-needs-explicit-permit' : 'permitted';
}

interface SetAnswer {
  readonly decision: 'permit' | 'deny';
  /** No exception matched. */
  readonly isBase: boolean;
}

/** The most specific matching exception wins over the base; among equally specific ones a deny wins. */
function answerOfSet(set: ConsentSet, question: AccessQuestion): SetAnswer {
  const matching = set.exceptions.filter((exception) => isMatch(exception, question));
  if (matching.length === 0) return { decision: set.base, isBase: true };
  const most = Math.max(...matching.map(specificityOf));
  const winners = matching.filter((exception) => specificityOf(exception) === most);
  return { decision: winners.some(({ decision }) => decision === 'deny') ? 'deny' : 'permit', isBase: false };
}

function isNamedPermit(exception: ConsentException, question: AccessQuestion): boolean {
  return exception.decision === 'permit' && exception.categories !== undefined && isMatch(exception, question);
}

function isMatch({ categories, purposes, period }: ConsentException, { record, purpose, now }: AccessQuestion): boolean {
  if (categories !== undefined && !categories.includes(record.category)) return false;
  if (purposes !== undefined && !purposes.some((cover) => isCoveredBy(purpose, cover))) return false;
  return period === undefined || isWithin(period, now);
}

function specificityOf({ categories, purposes, period }: ConsentException): number {
  return [categories, purposes, period].filter((axis) => axis !== undefined).length;
}
