import { findClaimEntries, isClaimAsked, parseLedgerSearch, type ClaimType, type LedgerSearch } from '../fhir-ledger';
import { newError } from '../problem';
import type { ClaimEvent, ClaimEventKind, Facts } from '../store';

/** Resources that can be subscribed to, and what changes them. */
const changedBy: Readonly<Partial<Record<ClaimType, readonly ClaimEventKind[]>>> = {
  Claim: ['submitted'],
  ClaimResponse: ['acknowledged', 'adjudicated', 'documented'],
};

/** What a subscription is about (FHIR R4, Subscription.criteria). */
export interface Criteria {
  readonly type: ClaimType;
  readonly search: LedgerSearch;
}

/** @throws CodedError REQUEST_INVALID, SEARCH_PARAMETER_UNKNOWN */
export function parseCriteria(text: string): Criteria {
  const [name, query = ''] = text.split('?', 2);
  const type = Object.keys(changedBy).find((one): one is ClaimType => one === name);
  if (type === undefined || !text.includes('?'))
    throw newError('REQUEST_INVALID', `body.criteria: must be a search of ${Object.keys(changedBy).join(' or ')}, such as ClaimResponse?`);
  return { type, search: parseLedgerSearch(type, [...new URLSearchParams(query)]) };
}

/** Whether an event changed a resource that the search finds now; as in a search, by the public entries alone. */
export function meetsCriteria({ type, search }: Criteria, facts: Facts, { kind, ...name }: ClaimEvent): boolean {
  if (changedBy[type]?.includes(kind) !== true) return false;
  if (search.ids !== undefined && !search.ids.includes(name.claimId)) return false;
  return isClaimAsked(type, findClaimEntries({ store: { facts } }, name), search);
}
