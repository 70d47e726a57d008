import type { AuditEvent } from '../audit';
import { intersect, parseSearchDate, type Pair, type TimeRange } from '../fhir-rest';
import { newError } from '../problem';
import type { AuditName } from '../store';
import { listEvents } from './event-codes';
import { systems } from './code-systems';

/** A search of the audit log, read and checked. */
export interface AuditSearch {
  readonly ids: readonly string[] | undefined;
  readonly anyOf: readonly (readonly AuditName[])[];
  readonly recorded: TimeRange;
  readonly count: number;
  readonly newestFirst: boolean;
  readonly hasTotal: boolean;
  readonly isCountOnly: boolean;
}

/** The patient of a resource of this organisation. */
export type FindSubject = (type: string, id: string) => string | null;

type Read = (value: string, search: AuditSearch, findSubject: FindSubject) => Partial<AuditSearch>;

/** Nothing is found by it. */
const nobody: AuditName = ['subject', ''];
const mostCount = 100;
const ofFormat = new Set(['_format', '_pretty']);

const oneOf = (search: AuditSearch, names: readonly AuditName[]): Partial<AuditSearch> => ({
  anyOf: [...search.anyOf, names.length === 0 ? [nobody] : names],
});
const split = (value: string): readonly string[] => value.split(',').filter((one) => one !== '');
const byDate: Read = (value, { recorded }) => ({ recorded: intersect(recorded, parseSearchDate(value, 'date')) });
const byEvents = (events: readonly AuditEvent[]): AuditName[] => events.map((event) => ['event', event]);
const byPerson: Read = (value, search) =>
  oneOf(
    search,
    split(value).map((one) => ['person', identifierOf(one, systems.person)]),
  );

const reads: Readonly<Record<string, Read>> = {
  _id: (value) => ({ ids: split(value) }),
  _lastUpdated: byDate,
  date: byDate,
  patient: (value, search, findSubject) =>
    oneOf(
      search,
      split(value).flatMap<AuditName>((one) => {
        const subject = findSubject('Patient', /^(?:Patient\/)?([A-Za-z0-9.-]{1,64})$/.exec(one)?.[1] ?? '');
        return subject === null ? [] : [['subject', subject]];
      }),
    ),
  'patient:identifier': (value, search) =>
    oneOf(
      search,
      split(value).map((one) =>
        one.startsWith(`${systems.relation}|`)
          ? ['relation', identifierOf(one, systems.relation)]
          : ['subject', identifierOf(one, systems.patient)],
      ),
    ),
  agent: byPerson,
  'agent:identifier': byPerson,
  entity: (value, search) =>
    oneOf(
      search,
      split(value).map((one) => ['record', one]),
    ),
  action: (value, search) =>
    oneOf(
      search,
      split(value).map((one) => ['action', one]),
    ),
  outcome: (value, search) =>
    oneOf(
      search,
      split(value).map((one) => ['outcome', one.replace(/^.*\|/, '')]),
    ),
  purpose: (value, search) =>
    oneOf(
      search,
      split(value).map((one) => ['purpose', identifierOf(one, systems.purpose)]),
    ),
  type: (value, search) => oneOf(search, byEvents(split(value).flatMap((one) => listEvents('type', one)))),
  subtype: (value, search) => oneOf(search, byEvents(split(value).flatMap((one) => listEvents('subtype', one)))),
  _count: (value) => readCount(value),
  _sort: (value) => ({ newestFirst: readOrder(value) }),
  _total: (value) => ({ hasTotal: value !== 'none' }),
  _summary: (value) => ({ isCountOnly: value === 'count' }),
};

/** Search parameters, for the CapabilityStatement. */
export const auditSearchParameters = [
  { name: '_id', type: 'token' },
  { name: '_lastUpdated', type: 'date' },
  { name: 'date', type: 'date' },
  { name: 'patient', type: 'reference' },
  { name: 'agent', type: 'reference' },
  { name: 'entity', type: 'reference' },
  { name: 'action', type: 'token' },
  { name: 'outcome', type: 'token' },
  { name: 'purpose', type: 'token' },
  { name: 'type', type: 'token' },
  { name: 'subtype', type: 'token' },
];

/**
 * Reads a search of AuditEvents (FHIR R4 auditevent.html#search). What is not known is refused: an auditor must not take more for less.
 * @throws CodedError SEARCH_PARAMETER_UNKNOWN, REQUEST_INVALID
 */
export function parseAuditSearch(pairs: readonly Pair[], findSubject: FindSubject): AuditSearch {
  return pairs.reduce<AuditSearch>((search, [name, value]) => {
    if (ofFormat.has(name)) return search;
    const read = Object.hasOwn(reads, name) ? reads[name] : undefined;
    if (read === undefined)
      throw newError('SEARCH_PARAMETER_UNKNOWN', `AuditEvents are searched by ${auditSearchParameters.map((one) => one.name).join(', ')}`);
    return { ...search, ...read(value, search, findSubject) };
  }, start);
}

const start: AuditSearch = {
  ids: undefined,
  anyOf: [],
  recorded: {},
  count: 20,
  newestFirst: true,
  hasTotal: false,
  isCountOnly: false,
};

function identifierOf(token: string, system: string): string {
  return token.startsWith(`${system}|`) ? token.slice(system.length + 1) : token;
}

function readCount(value: string): Partial<AuditSearch> {
  if (!/^\d{1,9}$/.test(value)) throw newError('REQUEST_INVALID', 'query._count: must be a number');
  return value === '0' ? { isCountOnly: true } : { count: Math.min(Number(value), mostCount) };
}

function readOrder(value: string): boolean {
  if (['-date', '-_lastUpdated'].includes(value)) return true;
  if (['date', '_lastUpdated'].includes(value)) return false;
  throw newError('REQUEST_INVALID', 'query._sort: must be date or -date');
}
