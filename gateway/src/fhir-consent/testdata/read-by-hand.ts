/**
 * A second reading of FHIR Consents, straight from the resource and from the text of docs/reference/consent-fhir.md: to check documents and
 * the consent rule against. It knows Consents whose exceptions all decide against the provision around them, so that nothing weighs.
 */
import { purposeParents } from '@medaccord/chaincode/model';

interface Coded {
  readonly system: string;
  readonly code: string;
}
interface Who {
  readonly reference: { readonly identifier: { readonly system: string; readonly value: string } };
}
interface Data {
  readonly meaning: string;
  readonly reference: { readonly reference?: string; readonly identifier?: { readonly value: string } };
}
export interface HandProvision {
  readonly type: string;
  readonly period?: { readonly start?: string; readonly end?: string };
  readonly actor?: readonly Who[];
  readonly purpose?: readonly Coded[];
  readonly class?: readonly Coded[];
  readonly code?: readonly { readonly coding: readonly Coded[] }[];
  readonly data?: readonly Data[];
  readonly dataPeriod?: { readonly start?: string; readonly end?: string };
  readonly securityLabel?: readonly Coded[];
  readonly provision?: readonly HandProvision[];
}
export interface HandRequest {
  readonly mspId: string;
  readonly now: string;
  readonly purpose: string;
  readonly department: string | null;
  readonly person: string | null;
  readonly record: {
    readonly recordId: string;
    readonly type: string;
    readonly category: string;
    readonly labels: readonly string[];
    readonly codes: readonly Coded[];
    readonly day: string | null;
    readonly author: string;
    readonly encounter: string;
  };
}

type Answer = boolean | 'unknown';
const ladder = 'ULMNRV';
const heightOf = (labels: readonly string[]): number =>
  Math.max(...labels.map((label) => (label.length === 1 ? ladder.indexOf(label) : -1)), -1);
const height = (labels: readonly string[]): number => (heightOf(labels) < 0 ? 3 : heightOf(labels));

function above(purpose: string): string[] {
  const parent = (purposeParents as Record<string, string | null>)[purpose] ?? null;
  return parent === null ? [purpose] : [purpose, ...above(parent)];
}

function isDay(day: string, { start, end }: { readonly start?: string; readonly end?: string }): boolean {
  return (start === undefined || start <= day) && (end === undefined || day <= end);
}

function any(answers: readonly Answer[]): Answer {
  return answers.includes(true) ? true : answers.includes('unknown') ? 'unknown' : false;
}

function isActor({ reference: { identifier } }: Who, { mspId, department, person }: HandRequest): Answer {
  const { system, value } = identifier;
  if (system === 'urn:medaccord:member') return value === mspId;
  if (!system.endsWith(`:${mspId}`)) return false;
  const own = system.startsWith('urn:medaccord:department:') ? department : person;
  return own === null ? 'unknown' : own === value;
}

function isLabelled(provision: HandProvision, labels: readonly string[]): boolean {
  const codes = (provision.securityLabel ?? []).map(({ code }) => code);
  const levels = codes.filter((code) => code.length === 1).map((code) => ladder.indexOf(code));
  const others = codes.filter((code) => code.length > 1);
  const isHigh = provision.type === 'permit' ? height(labels) <= Math.max(...levels) : height(labels) >= Math.min(...levels);
  return (levels.length === 0 || isHigh) && (others.length === 0 || others.some((code) => labels.includes(code)));
}

function isData({ meaning, reference }: Data, { record }: HandRequest): boolean {
  if (meaning === 'instance') return reference.identifier?.value === record.recordId;
  return reference.reference === (meaning === 'related' ? record.encounter : record.author);
}

/** An element that is not there is met; of one that is, anything it lists. */
function someOf<T>(list: readonly T[] | undefined, test: (item: T) => Answer): Answer {
  return list === undefined || any(list.map(test));
}

/** Whether each element that is there is met. */
function meets(provision: HandProvision, request: HandRequest): Answer {
  const { record, purpose } = request;
  const answers: Answer[] = [
    someOf(provision.actor, (actor) => isActor(actor, request)),
    someOf(provision.purpose, ({ code }) => above(purpose).includes(code)),
    someOf(provision.class, ({ code }) => code === record.type || code === record.category),
    someOf(provision.data, (data) => isData(data, request)),
    someOf(provision.code, ({ coding }) => coding.some(({ code }) => record.codes.some((own) => own.code === code))),
    provision.dataPeriod === undefined || (record.day === null ? 'unknown' : isDay(record.day, provision.dataPeriod)),
    isLabelled(provision, record.labels),
    provision.period === undefined || isDay(request.now.slice(0, 10), provision.period),
  ];
  return answers.includes(false) ? false : answers.includes('unknown') ? 'unknown' : true;
}

/** Whether a permit that matches names the sensitive category, and whether one names the confidentiality; single data name both. */
function isNamed(permits: readonly HandProvision[], { record }: HandRequest): boolean {
  const codesOf = (permit: HandProvision): string[] => [...(permit.securityLabel ?? []), ...(permit.class ?? [])].map(({ code }) => code);
  const some = (test: (codes: readonly string[]) => boolean): boolean =>
    permits.some((permit) => permit.data?.[0]?.meaning === 'instance' || test(codesOf(permit)));
  const isCategory = record.category !== 'psychiatry' || some((codes) => codes.includes('PSY') || codes.includes('psychiatry'));
  return isCategory && (height(record.labels) <= 3 || some((codes) => codes.some((code) => code.length === 1)));
}

/** Whether the Consent permits the request; undefined when it is not about that organisation. */
export function isPermittedByHand(root: HandProvision, request: HandRequest): boolean | undefined {
  const isConcerned = (actors: readonly Who[] | undefined): boolean =>
    actors === undefined ||
    actors.some(({ reference: { identifier } }) => identifier.system.endsWith(`:${request.mspId}`) || identifier.value === request.mspId);
  if (!isConcerned(root.actor)) return undefined;
  const { provision: exceptions = [], period, ...around } = root;
  if (period !== undefined && !isDay(request.now.slice(0, 10), period)) return false;
  const holds = (one: HandProvision): boolean => [true, ...(one.type === 'deny' ? ['unknown'] : [])].includes(meets(one, request));
  // What an exception takes over keeps the meaning that it has around it: a label of a permit is one up to which.
  const met = exceptions.filter((inner) => {
    const isTaken = inner.securityLabel === undefined && around.securityLabel !== undefined;
    const { securityLabel: _, ...rest } = { ...around, ...inner };
    return holds(isTaken ? rest : { ...around, ...inner }) && (!isTaken || isLabelled(around, request.record.labels));
  });
  if (root.type === 'permit') return holds(around) && met.length === 0 && isNamed([around], request);
  return (
    met.length > 0 &&
    isNamed(
      met.map((inner) => ({ ...around, ...inner })),
      request,
    )
  );
}
