/**
 * A second opinion on the consent rule: written from docs/reference/consent-rule.md alone, to check decideAccess against.
 * It favours tables and plain arithmetic over speed and shares nothing with the first but the hierarchy of purposes.
 */
import { purposeParents } from '../../src/model/purpose';

interface Span {
  readonly from: string;
  readonly until: string;
}

interface Coding {
  readonly system: string;
  readonly code: string;
}

interface SecondAxes {
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
  readonly codes?: readonly Coding[];
  readonly records?: readonly string[];
  readonly encounters?: readonly string[];
  readonly authors?: readonly string[];
  readonly labels?: readonly string[];
  readonly confidentiality?: string;
  readonly dataPeriod?: Span;
  readonly purposes?: readonly string[];
  readonly departments?: readonly string[];
  readonly roles?: readonly string[];
  readonly teams?: readonly string[];
  readonly persons?: readonly string[];
}

interface SecondException extends SecondAxes {
  readonly decision: 'permit' | 'deny';
  readonly not?: SecondAxes;
  readonly period?: Span;
}

interface SecondSet {
  readonly base: 'permit' | 'deny';
  readonly period?: Span;
  readonly exceptions: readonly SecondException[];
}

interface SecondLegalBasis {
  readonly purpose: string;
  readonly roles: readonly string[];
  readonly categories: readonly string[];
  readonly confidentiality: string;
}

type Version = number | string;

interface Standing {
  readonly validity: Span;
  readonly endedAt: string | null;
}

type SecondProof =
  | {
      readonly kind: 'referral';
      readonly referral: (Standing & Readonly<Record<'relationRef' | 'custodian' | 'counterparty', string>>) | undefined;
    }
  | {
      readonly kind: 'claim';
      readonly claim: (Readonly<Record<'relationRef' | 'hospital' | 'insurer', string>> & { readonly isOver: boolean }) | undefined;
    }
  | {
      readonly kind: 'study';
      readonly study:
        (Standing & { readonly authority: string; readonly sponsors: readonly string[]; readonly purposes: readonly string[] }) | undefined;
    };

export interface SecondQuestion {
  readonly relation: {
    readonly custodian: string;
    readonly counterparty: string;
    readonly kinds: readonly string[];
    readonly assisted?: true;
  };
  readonly assistance?: { readonly effectiveAt: string | null; readonly isEnded: boolean } | undefined;
  readonly consent: { readonly relationRef: string; readonly version: Version; readonly status: string; readonly validity: Span | null };
  readonly document:
    { readonly relationRef: string; readonly version: Version; readonly salt: string; readonly sets: readonly SecondSet[] } | undefined;
  readonly rules: {
    readonly version: Version;
    readonly purposes: readonly string[];
    readonly roles: Readonly<Record<string, string>>;
    readonly legalBases?: readonly SecondLegalBasis[];
    readonly suspended: readonly string[];
    readonly emergency?: { readonly categories: readonly string[] };
  };
  readonly patient: { readonly hold?: object };
  readonly proof: SecondProof | null;
  readonly now: string;
  readonly purpose: string;
  readonly emergencyUntil?: string | undefined;
  readonly person: {
    readonly department: string | null;
    readonly role: string | null;
    readonly person: string | null;
    readonly teams: readonly string[] | null;
  };
  readonly record: {
    readonly recordId: string;
    readonly type: string;
    readonly category: string;
    readonly codes: readonly Coding[];
    readonly labels: readonly string[];
    readonly dates: { readonly from: string | null; readonly until: string | null };
    readonly authors: readonly string[];
    readonly encounter: string | null;
  };
  readonly isDeceased?: boolean;
  readonly withheld?: readonly string[];
}

type Truth = 'yes' | 'no' | 'unknown';
type Column = Map<string, Truth>;

const parents = new Map<string, string | null>(Object.entries(purposeParents));
const levels = ['U', 'L', 'M', 'N', 'R', 'V'];
const sensitiveCategories = ['hiv', 'psychiatry', 'substance-use', 'sexual-health', 'domestic-violence', 'genetics'];
const dateParts = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):(\d\d))?)?)?)?$/;

/** The purpose, and all that stand above it. */
function lineage(purpose: string): string[] {
  const above = parents.get(purpose) ?? null;
  return above === null ? [purpose] : [purpose, ...lineage(above)];
}

const truth = (holds: boolean): Truth => (holds ? 'yes' : 'no');
const meet = (left: readonly string[], right: readonly string[]): Truth => truth(left.some((one) => right.includes(one)));
const attested = (value: string | null, list: readonly string[]): Truth => (value === null ? 'unknown' : meet([value], list));
const codingTexts = (codings: readonly Coding[]): string[] => codings.map(({ system, code }) => JSON.stringify([system, code]));

function holds(span: Span | undefined | null, instant: number): boolean {
  return !span || (Date.parse(span.from) <= instant && instant < Date.parse(span.until));
}

/** Milliseconds of a year, month, day, hour, minute and second; a part that is too high runs over into the next. */
function milliseconds(given: readonly number[]): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = given;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.setUTCHours(hour, minute, second, 0);
}

/** First and last millisecond that a FHIR date may mean, or null if it is none. */
function reach(text: string): [number, number] | null {
  const found = dateParts.exec(text);
  if (!found) return null;
  const given = found.slice(1, 7).flatMap((part) => (part ? [Number(part)] : []));
  const [fraction = '', sign, hours, minutes] = found.slice(7, 11);
  const ahead = (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  const start = milliseconds(given) - ahead;
  const next = milliseconds([...given.slice(0, -1), (given.at(-1) ?? 0) + 1]) - ahead;
  if (fraction === '') return [start, next - 1];
  const first = start + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return [first, start + Number(fraction.slice(0, 3).padEnd(3, '9'))];
}

function liesIn(span: Span, dates: SecondQuestion['record']['dates']): Truth {
  const begin = dates.from === null ? null : reach(dates.from);
  const end = reach(dates.until ?? dates.from ?? '');
  if (!begin || !end) return 'unknown';
  const [first, last] = [Math.min(begin[0], end[0]), Math.max(begin[1], end[1])];
  if (holds(span, first) && holds(span, last)) return 'yes';
  return Date.parse(span.until) <= first || last < Date.parse(span.from) ? 'no' : 'unknown';
}

function level(labels: readonly string[]): number {
  const known = labels.map((label) => levels.indexOf(label)).filter((at) => at >= 0);
  return known.length === 0 ? levels.indexOf('N') : Math.max(...known);
}

function put<Value>(column: Column, axis: string, value: Value | undefined, judge: (value: Value) => Truth): void {
  if (value !== undefined) column.set(axis, judge(value));
}

/** Every axis that is named, with what it makes of the question. */
function columnOf(axes: SecondAxes, { record, person, purpose }: SecondQuestion): Column {
  const column: Column = new Map();
  put(column, 'categories', axes.categories, (list) => meet([record.category], list));
  put(column, 'types', axes.types, (list) => meet([record.type], list));
  put(column, 'codes', axes.codes, (list) => meet(codingTexts(record.codes), codingTexts(list)));
  put(column, 'records', axes.records, (list) => meet([record.recordId], list));
  put(column, 'encounters', axes.encounters, (list) => meet(record.encounter === null ? [] : [record.encounter], list));
  put(column, 'authors', axes.authors, (list) => meet(record.authors, list));
  put(column, 'labels', axes.labels, (list) => meet(record.labels, list));
  put(column, 'confidentiality', axes.confidentiality, (most) => truth(level(record.labels) <= levels.indexOf(most)));
  put(column, 'dataPeriod', axes.dataPeriod, (span) => liesIn(span, record.dates));
  put(column, 'purposes', axes.purposes, (list) => meet(lineage(purpose), list));
  put(column, 'departments', axes.departments, (list) => attested(person.department, list));
  put(column, 'roles', axes.roles, (list) => attested(person.role, list));
  put(column, 'teams', axes.teams, (list) => (person.teams === null ? 'unknown' : meet(person.teams, list)));
  put(column, 'persons', axes.persons, (list) => attested(person.person, list));
  return column;
}

interface Row {
  readonly named: Column;
  readonly permits: boolean;
  readonly score: number;
}

/** The row of an exception that matches; none otherwise. A higher score is more specific, an odd one denies. */
function rowsOf(exception: SecondException, question: SecondQuestion): Row[] {
  const named = columnOf(exception, question);
  const excluded = columnOf(exception.not ?? {}, question);
  const permits = exception.decision === 'permit';
  const wanted: Truth[] = permits ? ['yes'] : ['yes', 'unknown'];
  const barred: Truth[] = permits ? ['yes', 'unknown'] : ['yes'];
  const applies = [...named.values()].every((one) => wanted.includes(one)) && ![...excluded.values()].some((one) => barred.includes(one));
  if (!applies || !holds(exception.period, Date.parse(question.now))) return [];
  const single = named.has('records') ? 2000 : Number(named.has('persons')) * 1000;
  const axes = new Set([...named.keys(), ...excluded.keys(), ...(exception.period ? ['period'] : [])]).size;
  return [{ named, permits, score: single + axes * 2 + Number(!permits) }];
}

function answerOf(base: string, rows: readonly Row[]): string {
  if (rows.length === 0) return base === 'permit' ? 'permitted' : 'no-permit';
  return Math.max(...rows.map(({ score }) => score)) % 2 === 1 ? 'denied' : 'permitted';
}

/** The axes by which the record has to be named, for each thing that makes it sensitive. */
function sensitivities({ record }: SecondQuestion): string[] {
  const byCategory = sensitiveCategories.includes(record.category) ? ['categories'] : [];
  return level(record.labels) > levels.indexOf('N') ? [...byCategory, 'confidentiality'] : byCategory;
}

function readDocument(question: SecondQuestion, sets: readonly SecondSet[]): { reason: string; obligations: string[] } {
  const tables = sets
    .filter(({ period }) => holds(period, Date.parse(question.now)))
    .map(({ base, exceptions }) => ({ base, rows: exceptions.flatMap((exception) => rowsOf(exception, question)) }));
  const answers = tables.map(({ base, rows }) => answerOf(base, rows));
  if (answers.includes('denied')) return { reason: 'denied', obligations: [] };
  if (answers.length === 0 || answers.includes('no-permit')) return { reason: 'no-permit', obligations: [] };
  const permits = tables.flatMap(({ rows }) => rows).filter((row) => row.permits);
  const needed = sensitivities(question);
  const isNamed = needed.every((axis) => permits.some(({ named }) => named.has(axis) || named.has('records')));
  if (!isNamed) return { reason: 'label-needs-explicit-permit', obligations: [] };
  return { reason: 'permitted', obligations: needed.length > 0 ? ['PRIVMARK', 'NORDSCLCD'] : [] };
}

const purposeRows = ['TREAT', 'HPAYMT', 'HRESCH'];
const rowOf = ({ purpose }: SecondQuestion): string | undefined => purposeRows.find((row) => lineage(purpose).includes(row));

/** What a proof is worth: 'none' of the row's kind, 'void' if it does not count, 'over', or 'good'. */
type Worth = 'none' | 'void' | 'over' | 'good';

const inTime = ({ validity, endedAt }: Standing, now: string): Worth => {
  if (Date.parse(now) < Date.parse(validity.from)) return 'void';
  return endedAt !== null || Date.parse(now) >= Date.parse(validity.until) ? 'over' : 'good';
};

function worthOfReferral({ proof, relation, consent, now }: SecondQuestion): Worth {
  if (proof?.kind !== 'referral') return 'none';
  if (proof.referral === undefined) return 'void';
  const wanted = [consent.relationRef, relation.custodian, relation.counterparty];
  const { relationRef, custodian, counterparty } = proof.referral;
  return [relationRef, custodian, counterparty].join() === wanted.join() ? inTime(proof.referral, now) : 'void';
}

function worthOfClaim({ proof, relation, consent }: SecondQuestion): Worth {
  if (proof?.kind !== 'claim') return 'none';
  if (proof.claim === undefined) return 'void';
  const { relationRef, hospital, insurer, isOver } = proof.claim;
  if (relationRef !== consent.relationRef || hospital !== relation.custodian || insurer !== relation.counterparty) return 'void';
  return isOver ? 'over' : 'good';
}

function worthOfStudy({ proof, relation, rules, purpose, now }: SecondQuestion): Worth {
  if (proof?.kind !== 'study') return 'none';
  if (proof.study === undefined) return 'void';
  const { authority, sponsors, purposes } = proof.study;
  const authorities = Object.keys(rules.roles).filter((member) => rules.roles[member] === 'authority' && !rules.suspended.includes(member));
  const demands = [meet([authority], authorities), meet([relation.counterparty], sponsors), meet(lineage(purpose), purposes)];
  return demands.includes('no') ? 'void' : inTime(proof.study, now);
}

/** Reasons against a purpose, by its row: [purpose-not-proved, proof-ended, relation-kind]. */
function flaws(question: SecondQuestion): readonly [boolean, boolean, boolean] {
  const { kinds } = question.relation;
  const [referral, claim, study] = [worthOfReferral(question), worthOfClaim(question), worthOfStudy(question)];
  const hasCare = kinds.includes('care');
  switch (rowOf(question)) {
    case 'TREAT':
      return [!hasCare && referral === 'void', !hasCare && referral === 'over', !hasCare && referral === 'none'];
    case 'HPAYMT':
      return [claim === 'none' || claim === 'void', claim === 'over', !kinds.includes('cover')];
    case 'HRESCH':
      return [study === 'none' || study === 'void', study === 'over', !kinds.includes('research')];
    default:
      return [false, false, false];
  }
}

/** Some legal basis names all four: purpose, role of the counterparty, category, confidentiality. */
function isByLaw({ rules: { legalBases = [], roles }, relation, purpose, record }: SecondQuestion): boolean {
  return legalBases.some(
    (basis) =>
      lineage(purpose).includes(basis.purpose) &&
      basis.roles.some((role) => role === roles[relation.counterparty]) &&
      basis.categories.includes(record.category) &&
      level(record.labels) <= levels.indexOf(basis.confidentiality),
  );
}

const isAssisted = ({ relation }: SecondQuestion): boolean => relation.assisted === true;

/** What denies before the document is read, in order. */
const gates: readonly (readonly [string, (question: SecondQuestion) => boolean])[] = [
  ['organisation-suspended', ({ relation, rules }) => meet([relation.custodian, relation.counterparty], rules.suspended) === 'yes'],
  ['deceased', ({ isDeceased }) => isDeceased === true],
  ['relation-closed', ({ consent }) => consent.status === 'closed'],
  ['consent-revoked', ({ consent }) => consent.status === 'revoked'],
  ['consent-ended', (question) => isAssisted(question) && question.assistance?.isEnded === true],
  ['notice-missing', (question) => isAssisted(question) && !question.assistance?.effectiveAt],
  ['not-yet-valid', (question) => isAssisted(question) && Date.parse(question.now) < Date.parse(question.assistance?.effectiveAt ?? '')],
  ['not-yet-valid', ({ consent, now }) => consent.validity !== null && Date.parse(now) < Date.parse(consent.validity.from)],
  ['expired', ({ consent, now }) => consent.validity !== null && Date.parse(now) >= Date.parse(consent.validity.until)],
  ['purpose-not-proved', (question) => meet(lineage(question.purpose), question.rules.purposes) === 'no' || flaws(question)[0]],
  ['proof-ended', (question) => flaws(question)[1]],
  ['relation-kind', (question) => flaws(question)[2]],
  ['held', ({ patient }) => 'hold' in patient],
  ['beyond-assisted', (question) => isAssisted(question) && sensitivities(question).length > 0],
  ['document-missing', ({ consent, document }) => document?.relationRef !== consent.relationRef || document.version !== consent.version],
  ['withheld-from-delegate', ({ record, withheld }) => meet([record.category], withheld ?? []) === 'yes'],
];

/** Break-glass has gates of its own and asks the document for one thing only. */
function emergencyOpinion(question: SecondQuestion): string {
  const { relation, rules, purpose, record, consent, document, now } = question;
  if (meet([relation.custodian, relation.counterparty], rules.suspended) === 'yes') return 'organisation-suspended';
  if (!question.emergencyUntil || !rules.emergency || meet(lineage(purpose), rules.purposes) === 'no') return 'purpose-not-proved';
  if (Date.parse(question.emergencyUntil) <= Date.parse(now)) return 'expired';
  if (!rules.emergency.categories.includes(record.category) || sensitivities(question).length > 0) return 'not-emergency-subset';
  const counts = document?.relationRef === consent.relationRef && document.version === consent.version;
  const sets = (counts ? document.sets : []).filter(({ period }) => holds(period, Date.parse(now)));
  const isRefused = sets.some(({ exceptions }) => {
    const express = exceptions.filter(({ purposes = [] }) => purposes.some((one) => lineage(one).includes('ETREAT')));
    return (
      answerOf(
        'permit',
        express.flatMap((exception) => rowsOf(exception, question)),
      ) === 'denied'
    );
  });
  return isRefused ? 'denied' : 'break-glass';
}

export function secondOpinion(question: SecondQuestion): { reason: string; obligations: string[] } {
  const isEmergency = lineage(question.purpose).includes('ETREAT');
  const shut = isEmergency ? emergencyOpinion(question) : gates.find(([, applies]) => applies(question))?.[0];
  const own = shut === undefined ? readDocument(question, question.document?.sets ?? []) : { reason: shut, obligations: [] };
  if (['permitted', 'break-glass', 'organisation-suspended'].includes(own.reason) || !isByLaw(question)) return own;
  return { reason: 'legal-basis', obligations: sensitivities(question).length > 0 ? ['PRIVMARK', 'NORDSCLCD'] : [] };
}
