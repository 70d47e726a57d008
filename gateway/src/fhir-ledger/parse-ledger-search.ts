import { intersect, parseSearchDate, type Pair, type TimeRange } from '../fhir-rest';
import { identifierSystems, ledgerIdOf } from '../fhir-claims';
import { newError } from '../problem';
import type { LedgerType } from './ledger-types';

/** A search of coverages, claims or payments, read and checked. Each list holds alternatives. */
export interface LedgerSearch {
  /** Ids of the ledger. */
  readonly ids: readonly string[] | undefined;
  readonly relationRef: string | undefined;
  readonly coverageId: string | undefined;
  readonly created: TimeRange;
  /** When the resource last changed. */
  readonly updated: TimeRange;
  /** Of adjudications and statements; those of claims and coverages are ids. */
  readonly identifiers: readonly string[] | undefined;
  readonly statuses: readonly string[] | undefined;
  readonly uses: readonly string[] | undefined;
  readonly outcomes: readonly string[] | undefined;
  readonly paymentStatuses: readonly string[] | undefined;
  readonly count: number;
}

type Read = (value: string, type: LedgerType) => Partial<LedgerSearch>;

const usualCount = 20;
const mostCount = 100;
const relation = 'urn:medaccord:relation';
const ofFormat = new Set(['_format', '_pretty']);
const split = (value: string): string[] => value.split(',').filter((one) => one !== '');
const idOf = (value: string): string => ledgerIdOf(/([A-Za-z0-9.-]{1,64})$/.exec(value)?.[1] ?? '');
const codes = (name: 'statuses' | 'uses' | 'outcomes' | 'paymentStatuses'): Read => {
  return (value) => ({ [name]: split(value).map((one) => one.replace(/^.*\|/, '')) });
};
const unique = (list: readonly string[]): string[] => [...new Set(list)];
const ids: Read = (value) => ({ ids: unique(split(value).map(idOf)) });
const created: Read = (value) => ({ created: parseSearchDate(value, 'created') });
const updated: Read = (value) => ({ updated: parseSearchDate(value, '_lastUpdated') });
const patient: Read = (value) => ({ relationRef: value.startsWith(`${relation}|`) ? value.slice(relation.length + 1) : value });

const reads: Readonly<Record<string, { readonly type: string; readonly read: Read }>> = {
  _id: { type: 'token', read: ids },
  _lastUpdated: { type: 'date', read: updated },
  identifier: { type: 'token', read: readIdentifiers },
  patient: { type: 'reference', read: patient },
  'patient:identifier': { type: 'reference', read: patient },
  status: { type: 'token', read: codes('statuses') },
  created: { type: 'date', read: created },
  use: { type: 'token', read: codes('uses') },
  coverage: { type: 'reference', read: (value) => ({ coverageId: idOf(value) }) },
  outcome: { type: 'token', read: codes('outcomes') },
  'payment-status': { type: 'token', read: codes('paymentStatuses') },
  request: { type: 'reference', read: ids },
  claim: { type: 'reference', read: ids },
  _count: { type: 'number', read: readCount },
};

const common = ['_id', '_lastUpdated', 'identifier', 'patient', 'patient:identifier', 'status', '_count'];
const ofClaims = [...common, 'created', 'use', 'coverage'];
const ofPayments = ['_id', 'identifier', 'status', 'created', '_count'];
const known: Readonly<Record<LedgerType, readonly string[]>> = {
  Coverage: common,
  Claim: ofClaims,
  ClaimResponse: [...ofClaims, 'outcome', 'request'],
  ExplanationOfBenefit: [...ofClaims, 'outcome', 'claim'],
  PaymentNotice: [...ofPayments, 'payment-status'],
  PaymentReconciliation: [...ofPayments, 'outcome'],
};

/** Search parameters of a type, for the CapabilityStatement. */
export function ledgerSearchParameters(type: LedgerType): { readonly name: string; readonly type: string }[] {
  return known[type]
    .filter((name) => name !== '_count' && !name.includes(':'))
    .map((name) => ({ name, type: reads[name]?.type ?? 'special' }));
}

/**
 * Reads a search. What is not known is refused: who adds up money must not take more for less.
 * @throws CodedError SEARCH_PARAMETER_UNKNOWN, REQUEST_INVALID
 */
export function parseLedgerSearch(type: LedgerType, pairs: readonly Pair[]): LedgerSearch {
  return pairs.reduce<LedgerSearch>((search, [name, value]) => {
    if (ofFormat.has(name)) return search;
    const row = known[type].includes(name) ? reads[name] : undefined;
    if (row === undefined) throw newError('SEARCH_PARAMETER_UNKNOWN', `${type} is searched by ${known[type].join(', ')}`);
    const part = row.read(value, type);
    const again = Object.keys(part).find(
      (one) => !isRange(one) && search[one as keyof LedgerSearch] !== nothingAsked[one as keyof LedgerSearch],
    );
    if (again !== undefined) throw newError('REQUEST_INVALID', `query.${name}: once, its alternatives separated by commas`);
    return {
      ...{ ...search, ...part },
      created: intersect(search.created, part.created ?? {}),
      updated: intersect(search.updated, part.updated ?? {}),
    };
  }, nothingAsked);
}

const nothingAsked: LedgerSearch = {
  ids: undefined,
  relationRef: undefined,
  coverageId: undefined,
  created: {},
  updated: {},
  identifiers: undefined,
  statuses: undefined,
  uses: undefined,
  outcomes: undefined,
  paymentStatuses: undefined,
  count: usualCount,
};

const isRange = (name: string): boolean => name === 'created' || name === 'updated';

/** One with a system that the type's identifiers have not finds nothing. */
function readIdentifiers(value: string, type: LedgerType): Partial<LedgerSearch> {
  const system = identifierSystems[type];
  const values = split(value).flatMap((one) =>
    one.startsWith(`${system}|`) ? one.slice(system.length + 1) : one.includes('|') ? [] : one,
  );
  switch (type) {
    case 'Claim':
    case 'Coverage':
      return { ids: unique(values) };
    case 'ClaimResponse':
    case 'ExplanationOfBenefit':
      return { ids: unique(values.map((one) => one.replace(/\.\d+$/, ''))), identifiers: values };
    default:
      return { identifiers: values };
  }
}

function readCount(value: string): Partial<LedgerSearch> {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw newError('REQUEST_INVALID', 'query._count: must be a number of at least 1');
  return { count: Math.min(Number(value), mostCount) };
}
