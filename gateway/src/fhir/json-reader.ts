import { FhirError, placeIn } from './fhir-error';
import { parseNumber, type JsonObject, type JsonValue } from './json-value';

// No FHIR resource comes near this; what goes deeper is an attack on whoever walks it.
const DEEPEST = 100;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS: ReadonlyArray<readonly [string, JsonValue]> = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * Reads JSON (RFC 8259) without losing anything: numbers keep their text, a property that occurs twice in one object is an error
 * (JSON.parse drops the first), as are `__proto__` and nesting beyond 100 levels. Errors name the element and line and column.
 * @throws {FhirError} BUNDLE_NOT_JSON
 */
export function parseLosslessJson(text: string): JsonValue {
  return new JsonReader(text).read();
}

class JsonReader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonValue {
    const value = this.#readValue('', 0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail('', 'has something after its end');
    return value;
  }

  #readValue(place: string, depth: number): JsonValue {
    this.#skipSpace();
    if (depth > DEEPEST) this.#fail(place, `is nested more than ${String(DEEPEST)} levels deep`);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#readObject(place, depth);
      case '[':
        return this.#readArray(place, depth);
      case '"':
        return this.#readString(place);
      default:
        return this.#readWord(place);
    }
  }

  #readObject(place: string, depth: number): JsonObject {
    const object: JsonObject = {};
    this.#at += 1;
    if (this.#has('}')) return object;
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') this.#fail(place, 'must have a property name here');
      const name = this.#readString(place);
      const inside = placeIn(place, name);
      if (name === '__proto__') this.#fail(place, 'has a property that no FHIR element has');
      if (Object.hasOwn(object, name)) this.#fail(inside, 'occurs twice in one object');
      if (!this.#has(':')) this.#fail(inside, 'must be followed by a colon');
      object[name] = this.#readValue(inside, depth + 1);
    } while (this.#has(','));
    if (!this.#has('}')) this.#fail(place, 'is an object that does not end with }');
    return object;
  }

  #readArray(place: string, depth: number): JsonValue[] {
    const array: JsonValue[] = [];
    this.#at += 1;
    if (this.#has(']')) return array;
    do array.push(this.#readValue(placeIn(place, array.length), depth + 1));
    while (this.#has(','));
    if (!this.#has(']')) this.#fail(place, 'is an array that does not end with ]');
    return array;
  }

  #readString(place: string): string {
    const start = this.#at;
    let isEscaped = false;
    for (let at = start + 1; at < this.#text.length; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        return isEscaped ? this.#unescape(start, place) : this.#text.slice(start + 1, at);
      }
      if (code < 0x20) break;
      if (code === 0x5c) {
        isEscaped = true;
        at += 1;
      }
    }
    return this.#fail(place, 'has a string that does not end');
  }

  #unescape(start: number, place: string): string {
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      this.#at = start;
      return this.#fail(place, 'has a string with a wrong escape');
    }
  }

  #readWord(place: string): JsonValue {
    const number = this.#match(NUMBER);
    if (number !== undefined && number !== '') return parseNumber(number);
    const word = WORDS.find(([name]) => this.#text.startsWith(name, this.#at));
    if (word === undefined) return this.#fail(place, 'must have a value here');
    this.#at += word[0].length;
    return word[1];
  }

  #has(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(place: string, problem: string): never {
    const before = this.#text.slice(0, this.#at);
    const line = before.split('\n').length;
    const column = this.#at - before.lastIndexOf('\n');
    throw new FhirError(
      'BUNDLE_NOT_JSON',
      place === '' ? 'The text' : place,
      `${problem} (line ${String(line)}, column ${String(column)}).`,
    );
  }
}
