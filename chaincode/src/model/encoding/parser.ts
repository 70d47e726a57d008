import { DomainError } from '../domain-error';

/** Checks an unknown value and returns it as a `T`, or throws REQUEST_INVALID with the place. `place` is a path such as `records[3].wrap`. */
export type Parser<T> = (value: unknown, place: string) => T;

/** The type that a parser returns. */
export type Parsed<P> = P extends Parser<infer T> ? T : never;

/** A property that may be left out. */
export interface OptionalParser<T> {
  readonly optional: Parser<T>;
}

type Shape = Readonly<Record<string, Parser<unknown> | OptionalParser<unknown>>>;
type OptionalNames<S extends Shape> = { [K in keyof S]: S[K] extends OptionalParser<unknown> ? K : never }[keyof S];

type ObjectOf<S extends Shape> = { readonly [K in Exclude<keyof S, OptionalNames<S>>]: Parsed<S[K]> } & {
  readonly [K in OptionalNames<S>]?: S[K] extends OptionalParser<infer T> ? T : never;
};

/** A request, signed payload or stored value that does not have its shape. Says where and what belongs there, never what stood there. */
export class RequestInvalid extends DomainError {
  constructor(place: string, expected: string) {
    super('REQUEST_INVALID', `${place} must be ${expected}`, { place, expected });
  }
}

/** Parses JSON text with `parse`; `place` names the document in errors. */
export function parseJson<T>(parse: Parser<T>, text: string, place: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestInvalid(place, 'JSON');
  }
  return parse(value, place);
}

/** Whether a parser takes a value. */
export function isAccepted<T>(parse: Parser<T>, value: unknown): value is T {
  try {
    parse(value, '');
    return true;
  } catch {
    return false;
  }
}

/** An object with exactly the named properties. Unknown names are errors; they are not repeated, for they could be anybody's data. */
export function object<S extends Shape>(shape: S): Parser<ObjectOf<S>> {
  const names = Object.keys(shape);
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RequestInvalid(place, 'an object');
    const source = value as Record<string, unknown>;
    if (Object.keys(source).some((name) => !names.includes(name))) {
      throw new RequestInvalid(place, `an object with no other properties than ${names.join(', ')}`);
    }
    const result: Record<string, unknown> = {};
    for (const name of names) {
      const rule = shape[name];
      if (rule === undefined) continue;
      const present = Object.hasOwn(source, name);
      if (typeof rule === 'function') result[name] = rule(present ? source[name] : undefined, `${place}.${name}`);
      else if (present) result[name] = rule.optional(source[name], `${place}.${name}`);
    }
    return result as ObjectOf<S>;
  };
}

/** Marks a property of an object as one that may be left out. */
export function optional<T>(parse: Parser<T>): OptionalParser<T> {
  return { optional: parse };
}

/** The value or null. */
export function nullable<T>(parse: Parser<T>): Parser<T | null> {
  return (value, place) => (value === null ? null : parse(value, place));
}

/** A list of `least` to `most` items. */
export function list<T>(parse: Parser<T>, least: number, most: number): Parser<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      throw new RequestInvalid(place, `a list of ${String(least)} to ${String(most)} items`);
    }
    return value.map((item, index) => parse(item, `${place}[${String(index)}]`));
  };
}

/** A list of which no two items are equal. */
export function distinct<T extends string>(parse: Parser<T>, least: number, most: number): Parser<readonly T[]> {
  const parseList = list(parse, least, most);
  return (value, place) => {
    const items = parseList(value, place);
    if (new Set(items).size !== items.length) throw new RequestInvalid(place, 'a list without repetitions');
    return items;
  };
}

/** An object whose names are parsed by one parser and whose values by another. */
export function table<K extends string, T>(parseName: Parser<K>, parseValue: Parser<T>, most: number): Parser<Readonly<Record<K, T>>> {
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RequestInvalid(place, 'an object');
    const rows = Object.entries(value);
    if (rows.length > most) throw new RequestInvalid(place, `an object with at most ${String(most)} properties`);
    return Object.fromEntries(
      rows.map(([name, item], index) => {
        const row = `${place}{${String(index)}}`;
        return [parseName(name, row), parseValue(item, row)];
      }),
    ) as Record<K, T>;
  };
}

/** One of the given texts. */
export function oneOf<const T extends readonly string[]>(values: T): Parser<T[number]> {
  return (value, place) => {
    if (typeof value !== 'string' || !values.includes(value)) throw new RequestInvalid(place, `one of ${values.join(', ')}`);
    return value;
  };
}

/** A text that matches a pattern; `expected` describes it in errors. */
export function text<T extends string = string>(pattern: RegExp, expected: string): Parser<T> {
  return (value, place) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new RequestInvalid(place, expected);
    return value as T;
  };
}

/** A well-formed text of 1 to `most` UTF-16 units whose content is nobody's business here. */
export function opaque(most: number): Parser<string> {
  return (value, place) => {
    if (typeof value !== 'string' || value.length === 0 || value.length > most || /\p{Surrogate}/u.test(value)) {
      throw new RequestInvalid(place, `a text of 1 to ${String(most)} characters`);
    }
    return value;
  };
}

/** An integer of a closed range. */
export function integer(least: number, most: number): Parser<number> {
  return (value, place) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new RequestInvalid(place, `an integer from ${String(least)} to ${String(most)}`);
    }
    return value;
  };
}

/** true or false. */
export const flag: Parser<boolean> = (value, place) => {
  if (typeof value !== 'boolean') throw new RequestInvalid(place, 'true or false');
  return value;
};
