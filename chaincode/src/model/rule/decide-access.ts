import { isSensitive, type Category } from '../category';
import { confidentialityOf, isAtMost } from '../confidentiality';
import {
  axisNames,
  type AxisName,
  type ConsentAxes,
  type ConsentDocument,
  type ConsentException,
  type ConsentSet,
} from '../consent-document';
import type { PatientEntry, Rules } from '../entry';
import { isDatedWithin } from '../fhir-date';
import type { RecordId } from '../identifiers';
import { isWithin, type Instant } from '../instant';
import type { Obligation } from '../obligation';
import { isCoveredBy } from '../purpose';
import type { RecordDetails } from '../record-details';
import type { RequestingPerson } from '../requesting-person';
import type { ConsentHeader } from '../signed-payload';
import { expressOf, findReasonAgainstBreakGlass, isBreakGlass, isOfEmergencySubset } from './break-glass';
import { isLegallyBased } from './legal-basis';
import { reasonOfProof, type ProofQuestion } from './purpose-proof';

/** Why access is permitted or denied. Reasons stand in sealed notices only; in public a refusal is NOT_PERMITTED. */
export const accessReasons = [
  'permitted',
  'legal-basis',
  'consent-revoked',
  'relation-closed',
  'not-yet-valid',
  'expired',
  'document-missing',
  'no-permit',
  'denied',
  'label-needs-explicit-permit',
  'purpose-not-proved',
  'proof-ended',
  'organisation-suspended',
  'relation-kind',
  'held',
  'break-glass',
  'not-emergency-subset',
  'deceased',
  'withheld-from-delegate',
] as const;
export type AccessReason = (typeof accessReasons)[number];

/** What the rule looks at. */
export interface AccessQuestion extends ProofQuestion {
  /** The version of the relation's consent whose successor is absent, its signature verified. */
  readonly consent: Pick<ConsentHeader, 'relationRef' | 'version' | 'status' | 'validity'>;
  /** The document that the header commits to; undefined when it is not at hand. */
  readonly document: ConsentDocument | undefined;
  readonly rules: Pick<Rules, 'version' | 'purposes' | 'roles' | 'suspended' | 'legalBases' | 'emergency'>;
  /** The patient as her statements made her. */
  readonly patient: Pick<PatientEntry, 'hold'>;
  /** The end of the time box, where the request declares an emergency. */
  readonly emergencyUntil?: Instant | undefined;
  readonly person: RequestingPerson;
  readonly record: RecordDetails & { readonly recordId: RecordId };
  /** Her custodian has recorded the patient's death. */
  readonly isDeceased?: boolean;
  /** Where a delegate signed the consent: the categories that are withheld from that one. */
  readonly withheld?: readonly Category[] | undefined;
}

/** What the consent alone answers, whatever proves the purpose and whether or not she is held. */
export type ConsentQuestion = Omit<AccessQuestion, 'proof' | 'patient'>;
export type StandingQuestion = Pick<
  AccessQuestion,
  'relation' | 'rules' | 'consent' | 'now' | 'purpose' | 'proof' | 'emergencyUntil' | 'isDeceased'
>;

export interface AccessDecision {
  readonly decision: 'permit' | 'deny';
  readonly reason: AccessReason;
  readonly consentVersion: number;
  readonly rulesVersion: number;
  /** What whoever receives the record must keep to: codes of HL7 v3 ActCode, obligations and refrain policies. */
  readonly obligations: readonly Obligation[];
}

/** With every sensitive record: mark it; disclose it to nobody without the patient's consent. */
const sensitiveObligations: readonly Obligation[] = ['PRIVMARK', 'NORDSCLCD'];

/**
 * Decides whether one record may be released: a pure function, the same in chaincode, gateway and user interface. Denies by default, and
 * what is unknown counts against who asks. docs/reference/consent-rule.md says the rule in words; golden vectors stand beside this file.
 */
export function decideAccess(question: AccessQuestion): AccessDecision {
  const reasonOf = isBreakGlass(question.purpose) ? reasonOfBreakGlass : reasonOfConsent;
  const answer = findReasonAgainst(question) ?? reasonOf(question);
  const reason = !isPermit(answer) && isLegallyBased(question) ? 'legal-basis' : answer;
  const isPermitted = isPermit(reason);
  return {
    decision: isPermitted ? 'permit' : 'deny',
    reason,
    consentVersion: question.consent.version,
    rulesVersion: question.rules.version,
    obligations: isPermitted && namesNeeded(question.record).length > 0 ? sensitiveObligations : [],
  };
}

function isPermit(reason: AccessReason): boolean {
  return reason === 'permitted' || reason === 'break-glass' || reason === 'legal-basis';
}

/** What the consent says of one record, whether or not the purpose is proved or the patient held. */
export function decideByConsent(question: ConsentQuestion): AccessReason {
  return reasonOfStanding(question) ?? reasonOfDocument(question);
}

/** What the rule can say without document and record: whether members, consent and purpose stand. Undefined when nothing is against it. */
export function findReasonAgainst(question: StandingQuestion): AccessReason | undefined {
  if (isBreakGlass(question.purpose)) return findReasonAgainstBreakGlass(question);
  return reasonOfStanding(question) ?? reasonOfPurpose(question);
}

function reasonOfStanding({
  relation,
  rules,
  consent,
  now,
  isDeceased = false,
}: Pick<StandingQuestion, 'relation' | 'rules' | 'consent' | 'now' | 'isDeceased'>): AccessReason | undefined {
  if (rules.suspended.includes(relation.custodian) || rules.suspended.includes(relation.counterparty)) return 'organisation-suspended';
  if (isDeceased) return 'deceased';
  if (consent.status === 'closed') return 'relation-closed';
  if (consent.status === 'revoked') return 'consent-revoked';
  if (consent.validity === null) return undefined;
  if (now < consent.validity.from) return 'not-yet-valid';
  return now >= consent.validity.until ? 'expired' : undefined;
}

function reasonOfPurpose(question: StandingQuestion): AccessReason | undefined {
  const { purpose, rules } = question;
  return rules.purposes.some((cover) => isCoveredBy(purpose, cover)) ? reasonOfProof(question) : 'purpose-not-proved';
}

/** A hold stops whatever a consent permits: the keys that signed it may be a thief's. Emergencies and legal bases rest on no signature of hers. */
function reasonOfConsent(question: AccessQuestion): AccessReason {
  return question.patient.hold === undefined ? reasonOfDocument(question) : 'held';
}

function reasonOfDocument(question: ConsentQuestion): AccessReason {
  const { consent, document, now, record } = question;
  if (document?.relationRef !== consent.relationRef || document.version !== consent.version) return 'document-missing';
  // Nobody decides what is kept from them.
  if (question.withheld?.includes(record.category) === true) return 'withheld-from-delegate';
  const sets = document.sets.filter(({ period }) => period === undefined || isWithin(period, now));
  const answers = sets.map((set) => answerOfSet(set, question));
  if (answers.some(({ decision, isBase }) => decision === 'deny' && !isBase)) return 'denied';
  if (answers.length === 0 || answers.some(({ decision }) => decision === 'deny')) return 'no-permit';
  const permits = sets.flatMap(({ exceptions }) => exceptions.filter((one) => one.decision === 'permit' && isMatch(one, question)));
  const areNamed = namesNeeded(record).every((axis) => permits.some((permit) => permit[axis] ?? permit.records));
  return areNamed ? 'permitted' : 'label-needs-explicit-permit';
}

/** Without a document nothing is refused expressly; the others see to it that one that arrived is not kept back. */
function reasonOfBreakGlass(question: AccessQuestion): AccessReason {
  if (!isOfEmergencySubset(question)) return 'not-emergency-subset';
  const document = question.document && expressOf(question.document);
  // The document is one that the patient signed herself: nothing is withheld from her.
  return reasonOfDocument({ ...question, document, withheld: undefined }) === 'denied' ? 'denied' : 'break-glass';
}

/** The axes by which a permit must name a sensitive record, unless it names the record itself. */
function namesNeeded({ category, labels }: Pick<RecordDetails, 'category' | 'labels'>): readonly AxisName[] {
  const isRestricted = !isAtMost(confidentialityOf(labels), 'N');
  return [...(isSensitive(category) ? (['categories'] as const) : []), ...(isRestricted ? (['confidentiality'] as const) : [])];
}

interface SetAnswer {
  readonly decision: 'permit' | 'deny';
  /** No exception matched. */
  readonly isBase: boolean;
}

/** The most specific matching exception wins over the base; among equally specific ones a deny wins. */
function answerOfSet(set: ConsentSet, question: ConsentQuestion): SetAnswer {
  const matching = set.exceptions.filter((exception) => isMatch(exception, question));
  if (matching.length === 0) return { decision: set.base, isBase: true };
  const most = Math.max(...matching.map(specificityOf));
  const winners = matching.filter((exception) => specificityOf(exception) === most);
  return { decision: winners.some(({ decision }) => decision === 'deny') ? 'deny' : 'permit', isBase: false };
}

/** Where an axis is unknown, an exception that denies matches and one that permits does not. */
function isMatch(exception: ConsentException, question: ConsentQuestion): boolean {
  const { decision, not = {}, period } = exception;
  if (period !== undefined && !isWithin(period, question.now)) return false;
  const isIncluded = namedIn(exception).every((axis) => axisTests[axis](exception, question) ?? decision === 'deny');
  return isIncluded && !namedIn(not).some((axis) => axisTests[axis](not, question) ?? decision === 'permit');
}

/** Single records weigh more than persons, persons more than any number of axes. */
export function specificityOf(exception: ConsentException): number {
  const { records, persons, not = {}, period } = exception;
  const axes = new Set([...namedIn(exception), ...namedIn(not)]).size + (period === undefined ? 0 : 1);
  if (records !== undefined) return 2 * BEYOND_AXES + axes;
  return persons === undefined ? axes : BEYOND_AXES + axes;
}

const BEYOND_AXES = axisNames.length + 2;

function namedIn(axes: ConsentAxes): readonly AxisName[] {
  return axisNames.filter((axis) => axes[axis] !== undefined);
}

/** Whether what an axis names is what is asked for; undefined when that is unknown. The axis is named whenever it is asked. */
const axisTests: Readonly<Record<AxisName, (axes: ConsentAxes, question: ConsentQuestion) => boolean | undefined>> = {
  categories: ({ categories = [] }, { record }) => categories.includes(record.category),
  types: ({ types = [] }, { record }) => types.includes(record.type),
  codes: ({ codes = [] }, { record }) =>
    codes.some(({ system, code }) => record.codes.some((coding) => coding.system === system && coding.code === code)),
  records: ({ records = [] }, { record }) => records.includes(record.recordId),
  encounters: ({ encounters = [] }, { record }) => record.encounter !== null && encounters.includes(record.encounter),
  authors: ({ authors = [] }, { record }) => authors.some((author) => record.authors.includes(author)),
  labels: ({ labels = [] }, { record }) => labels.some((label) => record.labels.includes(label)),
  confidentiality: ({ confidentiality = 'U' }, { record }) => isAtMost(confidentialityOf(record.labels), confidentiality),
  dataPeriod: ({ dataPeriod }, { record }) => dataPeriod && isDatedWithin(record.dates, dataPeriod),
  purposes: ({ purposes = [] }, { purpose }) => purposes.some((cover) => isCoveredBy(purpose, cover)),
  departments: ({ departments = [] }, { person }) => isOneOf(person.department, departments),
  roles: ({ roles = [] }, { person }) => isOneOf(person.role, roles),
  teams: ({ teams = [] }, { person }) => person.teams?.some((team) => teams.includes(team)),
  persons: ({ persons = [] }, { person }) => isOneOf(person.person, persons),
};

function isOneOf(name: string | null, names: readonly string[]): boolean | undefined {
  return name === null ? undefined : names.includes(name);
}
