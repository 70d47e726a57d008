/** What canonical JSON can hold. Properties that are undefined are left out. */
export type CanonicalValue =
  string | number | boolean | null | readonly CanonicalValue[] | { readonly [name: string]: CanonicalValue | undefined };

/**
 * Formats a value as canonical JSON (RFC 8785) for strings, integers, booleans, null, arrays and objects: names sorted by UTF-16 code
 * units, no white space. Numbers other than safe integers are refused: two languages need not agree on the text of a fraction.
 *
 * @throws TypeError for a value that has no canonical form; it is a defect of the caller, which parses before it formats.
 */
export function formatCanonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return formatString(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      if (!Number.isSafeInteger(value)) throw new TypeError('canonical JSON holds safe integers only');
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? formatArray(value) : formatObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`canonical JSON holds no ${typeof value}`);
  }
}

function formatArray(values: readonly unknown[]): string {
  return `[${values.map(formatCanonical).join(',')}]`;
}

function formatObject(value: Record<string, unknown>): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('canonical JSON holds plain objects only');
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${formatString(name)}:${formatCanonical(value[name])}`);
  return `{${members.join(',')}}`;
}

function formatString(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError('canonical JSON holds well-formed Unicode only');
  return JSON.stringify(text);
}
