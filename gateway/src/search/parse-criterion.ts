import { newError } from '../problem';
import { newDateCriterion, parseDateAlternative, type DateAlternative } from './date-criterion';
import { formatCode } from './extract-searchable';
import type { SearchDefinition } from './search-definitions';
import { newTerm, type Criterion } from './searchable';
import { splitToken, splitValue, unescapeValue } from './split-value';
import { findPrefix, normaliseText } from './text-terms';

/** A parameter of a search as it was written. */
export interface Asked {
  readonly type: string;
  readonly definition: SearchDefinition;
  readonly modifier: string | undefined;
  readonly value: string;
  /** Address of this service: a URL below it is a resource here. */
  readonly base: string | undefined;
}

/** What a parameter asks for: dates are put together when all are known. */
export type Sought =
  { readonly criterion: Criterion } | { readonly definition: SearchDefinition; readonly dates: readonly DateAlternative[] };

/**
 * What a parameter of a search says; nothing when it says what is not implemented.
 * @throws CodedError REQUEST_INVALID when its value cannot be right
 */
export function parseSought(asked: Asked): Sought | undefined {
  const { definition, modifier, value } = asked;
  if (definition.kind === 'date' || definition.kind === 'dates') {
    if (modifier !== undefined) return undefined;
    return { definition, dates: splitValue(value).map((one) => parseDateAlternative(one, definition.name)) };
  }
  const criterion = parsers[definition.kind](asked);
  return criterion === undefined ? undefined : { criterion };
}

/** All that a search asks for. Ranges of one date that each must be met become the range that they share, so that an index finds it. */
export function newCriteria(type: string, sought: readonly Sought[]): readonly Criterion[] {
  const byDate = new Map<SearchDefinition, (readonly DateAlternative[])[]>();
  const criteria: Criterion[] = [];
  for (const one of sought) {
    if ('criterion' in one) criteria.push(one.criterion);
    else byDate.set(one.definition, [...(byDate.get(one.definition) ?? []), one.dates]);
  }
  return [...criteria, ...[...byDate].flatMap(([definition, dates]) => newDateCriterion(type, definition, dates))];
}

type Parse = (asked: Asked) => Criterion | undefined;

const parsers: Readonly<Record<'token' | 'code' | 'string' | 'reference', Parse>> = {
  token: (asked) => newTokenCriterion(asked, ({ system, code }) => formatCode(system, code)),
  // The system of a plain code is given with its element: one that is written cannot be checked here.
  code: (asked) => newTokenCriterion(asked, ({ system, code }) => (system === undefined ? formatCode(undefined, code) : undefined)),
  string: parseString,
  reference: parseReferences,
};

function newTokenCriterion(
  { type, definition, modifier, value }: Asked,
  format: (token: ReturnType<typeof splitToken>) => string | undefined,
): Criterion | undefined {
  if (modifier !== undefined && modifier !== 'not') return undefined;
  const tokens = splitValue(value).map(splitToken);
  if (tokens.length === 0 || tokens.some(({ system = '', code }) => system + code === ''))
    throw invalid(definition, 'must be a code or system|code');
  const texts = tokens.map(format);
  if (texts.includes(undefined)) return undefined;
  const terms = texts.map((text) => newTerm(type, definition.name, text ?? ''));
  return modifier === 'not' ? { none: terms } : { any: terms };
}

function parseString({ type, definition, modifier, value }: Asked): Criterion | undefined {
  if (modifier !== undefined && modifier !== 'exact') return undefined;
  const texts = splitValue(value).map(unescapeValue);
  const prefixes = texts.map(findPrefix);
  if (texts.length === 0 || prefixes.includes(undefined)) throw invalid(definition, 'must have a letter or a digit');
  const starts = texts.map(normaliseText);
  const { name } = definition;
  return {
    any: prefixes.map((prefix) => newTerm(type, name, prefix ?? '')),
    accepts: ({ texts: held }) =>
      (held[name] ?? []).some((text) =>
        modifier === 'exact' ? texts.includes(text) : starts.some((start) => normaliseText(text).startsWith(start)),
      ),
  };
}

function parseReferences({ type, definition, modifier, value, base }: Asked): Criterion | undefined {
  if (modifier !== undefined && !/^[A-Z][A-Za-z]*$/.test(modifier)) return undefined;
  const names = splitValue(value).map((one) => {
    const reference = unescapeValue(one);
    const local = base !== undefined && reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference;
    return modifier === undefined || local.includes('/') ? local : `${modifier}/${local}`;
  });
  if (names.length === 0) throw invalid(definition, 'must be a reference such as Encounter/123');
  return { any: names.map((name) => newTerm(type, definition.name, name)) };
}

function invalid({ name }: SearchDefinition, text: string): Error {
  return newError('REQUEST_INVALID', `query.${name}: ${text}`);
}
