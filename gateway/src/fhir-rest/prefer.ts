const returns = ['minimal', 'representation', 'OperationOutcome'] as const;

/** What a caller prefers (RFC 7240, FHIR R4 http.html#ops, search.html#errors). */
export interface Preference {
  readonly answer: (typeof returns)[number];
  /** Refuse a search with a parameter that is not known. */
  readonly isStrict: boolean;
}

/** Reads a Prefer header; what it does not say, or says in an unknown way, is the default: representation, lenient. */
export function parsePrefer(header: string | undefined): Preference {
  const said = new Map(
    (header ?? '').split(/[,;]/).map((part) => {
      const [name = '', value = ''] = part.split('=').map((text) => text.trim().replace(/^"(.*)"$/, '$1'));
      return [name.toLowerCase(), value];
    }),
  );
  return {
    answer: returns.find((one) => one === said.get('return')) ?? 'representation',
    isStrict: said.get('handling') === 'strict',
  };
}
