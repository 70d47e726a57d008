import type { Element } from './element';
import { invalid, unsupported } from './fhir-consent-error';
import type { Json } from './json';

/** An identifier in its system. */
export interface Identifier {
  readonly system: string;
  readonly value: string;
}

/** Tells whom or what a literal reference stands for, such as `Organization/12` of a FHIR server; undefined when that is not known. */
export type Resolve = (reference: string) => Identifier | undefined;

/** Where a Reference points: to a resource contained here, or to somebody by an identifier. */
export type Target = { readonly contained: string } | Identifier;

/** @throws {FhirConsentError} when it points nowhere that is known here */
export function readReference(element: Element, resolve: Resolve): Target {
  const literal = element.text('reference');
  const identifier = element.element('identifier');
  element.pass('type', 'display');
  element.end();
  if (identifier !== undefined) return readIdentifier(identifier);
  if (literal === undefined) throw invalid(element.path, 'must have a reference or an identifier.');
  if (literal.startsWith('#')) return { contained: literal.slice(1) };
  const known = resolve(literal);
  if (known === undefined) throw unsupported(element.path, 'is not known here: give an identifier.');
  return known;
}

/** A reference as records hold it, relative or absolute. @throws {FhirConsentError} */
export function readLiteral(element: Element): string {
  const literal = element.requiredText('reference');
  element.pass('type', 'display');
  element.end();
  if (literal.startsWith('#')) throw unsupported(element.path, 'must not point into the Consent.');
  return literal;
}

/** Tells whether a literal reference is of an Encounter. */
export function isEncounter(literal: string): boolean {
  return /(?:^|\/)Encounter\/[A-Za-z0-9.-]{1,64}$/.test(literal);
}

/** @throws {FhirConsentError} */
export function readIdentifier(element: Element): Identifier {
  const found = { system: element.requiredText('system'), value: element.requiredText('value') };
  element.pass('use', 'type');
  element.end();
  return found;
}

export function writeReference(type: string, { system, value }: Identifier): Json {
  return { type, identifier: { system, value } };
}
