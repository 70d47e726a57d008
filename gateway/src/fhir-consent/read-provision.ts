import type { ConsentException, Period, Purpose } from '@medaccord/chaincode/model';
import { readCodings, readConcepts } from './coding';
import type { Element } from './element';
import { invalid, unsupported } from './fhir-consent-error';
import { readPeriod } from './fhir-period';
import { readActor, type Actor, type Contained } from './read-actors';
import { isEncounter, readLiteral, readReference, type Resolve } from './reference';
import { readSecurityLabels } from './security-label';
import { assertAxes, type Axes, type Statement } from './statement';
import { ACT_REASON, CATEGORY, RECORD, RESOURCE_TYPES } from './systems';

/** A provision as it stands, the actors apart: they are different for each organisation. */
export interface Provision {
  readonly path: string;
  readonly decision: ConsentException['decision'];
  readonly period: Period | undefined;
  /** Undefined when none are named. */
  readonly actors: readonly Actor[] | undefined;
  readonly statement: Statement;
  readonly exceptions: readonly Provision[];
}

export interface ProvisionContext {
  readonly contained: Contained;
  readonly resolve: Resolve;
}

/** Reads a provision with one level of exceptions. @throws {FhirConsentError} */
export function readProvision(element: Element, context: ProvisionContext, isException = false): Provision {
  const decision = element.requiredText('type');
  if (decision !== 'permit' && decision !== 'deny') throw invalid(element.at('type'), 'must be permit or deny.');
  const period = element.element('period');
  const actors = element.elements('actor');
  const provision: Provision = {
    path: element.path,
    decision,
    period: period && readPeriod(period),
    actors: actors.length === 0 ? undefined : actors.map((actor) => readActor(actor, context.contained, context.resolve)),
    statement: readStatement(element, decision, context),
    exceptions: isException ? [] : element.elements('provision').map((inner) => readProvision(inner, context, true)),
  };
  if (isException && element.has('provision'))
    throw unsupported(element.at('provision'), 'is an exception to an exception: write it beside.');
  element.end();
  return provision;
}

type Decision = ConsentException['decision'];
type Read = (elements: readonly Element[], context: ProvisionContext, decision: Decision) => Axes;

const lists: readonly (readonly [keyof Statement, Read])[] = [
  ['purpose', (elements) => ({ purposes: readCodings(elements, [ACT_REASON]).map(({ code }) => code as Purpose) })],
  ['class', readClasses],
  ['code', (elements) => ({ codes: readConcepts(elements).map(({ system, code }) => ({ system, code })) })],
  ['data', readData],
  ['securityLabel', (elements, _, decision) => readSecurityLabels(elements, decision)],
];

function readStatement(element: Element, decision: Decision, context: ProvisionContext): Statement {
  const statement: Partial<Record<keyof Statement, Axes>> = {};
  for (const [name, read] of lists) {
    const elements = element.elements(name);
    if (elements.length === 0) continue;
    const axes = read(elements, context, decision);
    assertAxes(axes, element.at(name));
    statement[name] = axes;
  }
  const dataPeriod = element.element('dataPeriod');
  if (dataPeriod !== undefined) statement.dataPeriod = { dataPeriod: readPeriod(dataPeriod) };
  return withoutRepeats(statement, element.at('class'));
}

/** Categories that a class names beside sensitivities that a permit names must be the same. */
function withoutRepeats(statement: Statement, path: string): Statement {
  const { class: classes, securityLabel, ...others } = statement;
  if (classes?.categories === undefined || securityLabel?.categories === undefined) return statement;
  if (classes.categories.join() !== securityLabel.categories.join())
    throw unsupported(path, 'names other categories than the security labels.');
  return { ...others, securityLabel };
}

/** Types of resources or categories, not both: any of a list is meant, of two axes both. */
function readClasses(elements: readonly Element[]): Axes {
  const codings = readCodings(elements, [RESOURCE_TYPES, CATEGORY]);
  const [first] = codings;
  const other = codings.find(({ system }) => system !== first?.system);
  if (other !== undefined) throw unsupported(other.path, 'stands beside classes of another system: write a provision for each.');
  const codes = codings.map(({ code }) => code);
  return first?.system === CATEGORY ? { categories: codes as NonNullable<Axes['categories']> } : { types: codes };
}

/** Single records, encounters or authors, one of them: any of a list is meant, of two axes all. */
function readData(elements: readonly Element[], { resolve }: ProvisionContext): Axes {
  const items = elements.map((element) => {
    const meaning = element.requiredText('meaning');
    const axis = axisOfMeaning(meaning, element);
    const reference = element.required('reference');
    element.end();
    return { axis, value: axis === 'records' ? readRecord(reference, resolve) : readLiteral(reference), path: reference.path };
  });
  const [first, ...more] = items;
  if (first === undefined || more.some(({ axis }) => axis !== first.axis)) {
    throw unsupported(elements[0]?.path ?? '', 'stands beside data of another meaning: write a provision for each.');
  }
  if (first.axis === 'encounters') assertEncounters(items);
  return { [first.axis]: items.map(({ value }) => value) };
}

const meanings = [
  ['instance', 'records'],
  ['related', 'encounters'],
  ['authoredby', 'authors'],
] as const;

function axisOfMeaning(meaning: string, element: Element): (typeof meanings)[number][1] {
  const [, axis] = meanings.find(([name]) => name === meaning) ?? [];
  if (axis === undefined) throw unsupported(element.at('meaning'), 'must be instance, related or authoredby.');
  return axis;
}

function assertEncounters(items: readonly { readonly value: string; readonly path: string }[]): void {
  const other = items.find(({ value }) => !isEncounter(value));
  if (other !== undefined) throw unsupported(other.path, 'must be of an Encounter.');
}

function readRecord(reference: Element, resolve: Resolve): string {
  const target = readReference(reference, resolve);
  if ('contained' in target || target.system !== RECORD) throw unsupported(reference.path, `must be a record, identified in ${RECORD}.`);
  return target.value;
}
