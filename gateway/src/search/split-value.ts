/** Splits at commas that are not escaped (FHIR R4 search.html#escaping); the parts stay escaped. */
export function splitValue(value: string): string[] {
  return value.match(/(?:\\.|[^,\\])+/g) ?? [];
}

/** System and code at the first bar that is not escaped; no system where there is no bar. */
export function splitToken(value: string): { readonly system: string | undefined; readonly code: string } {
  const at = /^(?:\\.|[^|\\])*/.exec(value)?.[0].length ?? 0;
  if (at === value.length) return { system: undefined, code: unescapeValue(value) };
  return { system: unescapeValue(value.slice(0, at)), code: unescapeValue(value.slice(at + 1)) };
}

export function unescapeValue(value: string): string {
  return value.replaceAll(/\\([,|$\\])/g, '$1');
}
