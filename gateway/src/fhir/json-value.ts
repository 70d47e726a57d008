/** A number whose text JavaScript would not give back (1.0, 1e400, 20 digits): FHIR decimals keep their precision, so the text is kept. */
export declare class RawNumber {
  private constructor();
  readonly rawJSON: string;
}

export type JsonObject = { [name: string]: JsonValue };
export type JsonValue = string | number | boolean | null | RawNumber | JsonValue[] | JsonObject;

// Part of the language since ES2025, known to Node 24, not yet to TypeScript 5.9's library.
const json = JSON as unknown as { rawJSON(text: string): RawNumber; isRawJSON(value: unknown): value is RawNumber };

/** The value of a JSON number's text; formatting gives that text back. */
export function parseNumber(text: string): number | RawNumber {
  const value = Number(text);
  return Number.isFinite(value) && JSON.stringify(value) === text ? value : json.rawJSON(text);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);
}

/** The text of a value, without white space, every number as it was read. */
export function formatJson(value: JsonValue): string {
  return JSON.stringify(value);
}

/** Tells whether two values are equal; the order of properties does not matter, the text of a number does. */
export function isSameJson(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (Array.isArray(one))
    return Array.isArray(other) && one.length === other.length && one.every((item, at) => isSameJson(item, other[at]));
  if (isObject(one)) {
    if (!isObject(other)) return false;
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && isSameJson(one[name], other[name]))
    );
  }
  return one === undefined || other === undefined ? one === other : formatJson(one) === formatJson(other);
}
