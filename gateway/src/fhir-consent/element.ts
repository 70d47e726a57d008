import { placeIn } from '../fhir/fhir-error';
import { invalid, unsupported } from './fhir-consent-error';

/**
 * One complex element of a resource, read strictly: what was not asked for when it ends is refused, so that extensions, modifiers and
 * elements of later releases cannot be overlooked.
 */
export class Element {
  readonly #left: Map<string, unknown>;

  /** @throws {FhirConsentError} FHIR_CONSENT_INVALID */
  constructor(
    value: unknown,
    readonly path: string,
  ) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(path, 'must be an object.');
    this.#left = new Map(Object.entries(value));
    if (this.#left.size === 0) throw invalid(path, 'must not be empty.');
  }

  /** The FHIRPath of an element inside this one. */
  at(name: string): string {
    return name.startsWith('_') ? `${placeIn(this.path, name.slice(1))}.extension` : placeIn(this.path, name);
  }

  has(name: string): boolean {
    return this.#left.has(name);
  }

  /** Whatever stands there, for others to read. */
  value(name: string): unknown {
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value !== undefined && (typeof value !== 'string' || value === '')) throw invalid(this.at(name), 'must be a text.');
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw invalid(this.at(name), 'is required.');
    return value;
  }

  element(name: string): Element | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : new Element(value, this.at(name));
  }

  required(name: string): Element {
    const element = this.element(name);
    if (element === undefined) throw invalid(this.at(name), 'is required.');
    return element;
  }

  /** A list of elements; empty when there is none. */
  elements(name: string): readonly Element[] {
    const value = this.value(name);
    if (value === undefined) return [];
    if (!Array.isArray(value) || value.length === 0) throw invalid(this.at(name), 'must be a list that is not empty.');
    return value.map((item, index) => new Element(item, `${this.at(name)}[${String(index)}]`));
  }

  /** Elements that describe and decide nothing. */
  pass(...names: readonly string[]): void {
    for (const name of names) this.#left.delete(name);
  }

  /** @throws {FhirConsentError} FHIR_CONSENT_NOT_SUPPORTED for the first element that nobody asked for */
  end(): void {
    for (const name of this.#left.keys()) throw unsupported(this.at(name), 'is not understood here.');
  }
}
