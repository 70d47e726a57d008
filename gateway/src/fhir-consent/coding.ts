import type { Element } from './element';
import { invalid, unsupported } from './fhir-consent-error';
import type { Json } from './json';

/** A code in its system; the system is empty where none is given. */
export interface ReadCoding {
  readonly system: string;
  readonly code: string;
  readonly path: string;
}

const CODE = /^\S+(?: \S+)*$/;

/** A Coding; what it displays decides nothing. @throws {FhirConsentError} */
export function readCoding(element: Element): ReadCoding {
  const [system = '', code] = [element.text('system'), element.requiredText('code')];
  if (!CODE.test(code)) throw invalid(element.at('code'), 'must be a code.');
  element.pass('display');
  element.end();
  return { system, code, path: element.path };
}

/** Codings of which each is of one of the systems and none stands twice. @throws {FhirConsentError} */
export function readCodings(elements: readonly Element[], systems: readonly string[]): readonly ReadCoding[] {
  const codings = elements.map(readCoding);
  const seen = new Set<string>();
  for (const { system, code, path } of codings) {
    if (!systems.includes(system)) throw unsupported(`${path}.system`, `must be ${systems.join(' or ')}.`);
    if (seen.has(`${system} ${code}`)) throw invalid(path, 'stands there twice.');
    seen.add(`${system} ${code}`);
  }
  return codings;
}

/** The codings of concepts, any of which may be meant; a text beside them displays them. @throws {FhirConsentError} */
export function readConcepts(elements: readonly Element[]): readonly ReadCoding[] {
  return elements.flatMap((element) => {
    const codings = element.elements('coding').map(readCoding);
    if (codings.length === 0) throw unsupported(element.path, 'must have a coding: a text alone cannot be decided by.');
    element.pass('text');
    element.end();
    return codings;
  });
}

export function isCode(code: string): boolean {
  return CODE.test(code);
}

export function writeCoding(system: string, code: string): Json {
  return system === '' ? { code } : { system, code };
}
