import type { CoverageEntry } from '@medaccord/chaincode/model';
import type { JsonObject } from '../fhir';
import { fhirIdOf, ledgerIdOf, paidIdOf, type PaidStatement } from '../fhir-claims';
import { formatCursor, intersect, parseCursor, type Pair } from '../fhir-rest';
import { newError } from '../problem';
import { placeOfClaim, type ClaimPlace, type Place } from '../store';
import { isIn, isOneOf } from './is-asked';
import { isClaimAsked } from './is-claim-asked';
import { isClaimType, isPaymentType, type ClaimType, type LedgerType, type PaymentType } from './ledger-types';
import type { LedgerOptions } from './ledger-options';
import { parseLedgerSearch, type LedgerSearch } from './parse-ledger-search';
import { findClaimEntries, presentClaim, type ClaimEntries } from './read-claim';
import { pageOfPayments, presentPayment } from './read-payment';
import { findCoveragesNamed, listCoveragesOf, presentCoverage } from './read-coverage';

/** Where something is looked for: below this address, and in one relation only where that is given. */
export interface LedgerScope {
  readonly base: string;
  readonly within?: string | undefined;
}

/** A resource, and whom it tells of: the audit log is told. */
export interface LedgerAnswer {
  readonly resource: JsonObject;
  readonly about: readonly { readonly relationRef: string; readonly reference: string }[];
}

/** One that has an address. */
interface Listed extends LedgerAnswer {
  /** Below the base. */
  readonly reference: string;
}

/** Claims that are looked at for one page, and at once. */
const mostLooked = 2000;
const lookedAtOnce = 100;

/** Coverages, claims and payments of the ledger as FHIR R4 resources, for either side of them. */
export class LedgerReader {
  readonly #options: LedgerOptions;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** @throws CodedError RESOURCE_NOT_FOUND */
  async read(type: LedgerType, id: string, { within }: LedgerScope): Promise<LedgerAnswer> {
    const ledgerId = ledgerIdOf(id);
    const [first] = await this.#find(type, ledgerId, within);
    if (first === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such resource is known here');
    return this.#present(type, first);
  }

  async #find(type: LedgerType, id: string, within: string | undefined): Promise<readonly Found[]> {
    if (isPaymentType(type)) return (await pageOfPayments(this.#options, { ...parseLedgerSearch(type, []), ids: [id] }, undefined)).found;
    return isClaimType(type) ? this.#findNamed([id], within) : this.#findCoverages([id], within);
  }

  /** A page of a type; claims by the time of their submission, the newest first. @throws CodedError SEARCH_PARAMETER_UNKNOWN, SEARCH_TOO_WIDE */
  async search(type: LedgerType, asked: readonly Pair[], scope: LedgerScope): Promise<LedgerAnswer> {
    const { key } = this.#options.store;
    const of = `ledger/${type}/${scope.within ?? ''}`;
    const cursor = asked.find(([name]) => name === '_cursor');
    const from = cursor === undefined ? undefined : parseCursor(key, cursor[1], of);
    const pairs = from?.pairs ?? asked;
    const search = { ...parseLedgerSearch(type, pairs), ...(scope.within !== undefined && { relationRef: scope.within }) };
    const page = await this.#pageOf(type, search, from?.after);
    const answers = await Promise.all(page.found.map((one) => this.#present(type, one)));
    const next = page.next && formatCursor(key, { of, pairs, after: page.next });
    return { resource: newBundle({ type, base: scope.base, asked, next }, answers), about: answers.flatMap(({ about }) => about) };
  }

  async #present(type: LedgerType, one: Found): Promise<Listed> {
    if ('settlement' in one) return answerWithPayment(type as PaymentType, one);
    const isClaim = 'claim' in one;
    const resource = isClaim ? await presentClaim(this.#options, type as ClaimType, one) : await presentCoverage(this.#options, one);
    const { relationRef } = isClaim ? one.claim : one;
    const reference = `${type}/${fhirIdOf(isClaim ? one.claim.claimId : one.coverageId)}`;
    return { resource, reference, about: [{ relationRef, reference }] };
  }

  #findNamed(ids: readonly string[], within: string | undefined): ClaimEntries[] {
    const { store } = this.#options;
    return ids
      .flatMap((id) => store.facts.claims.findNamed(id))
      .filter(({ relationRef }) => within === undefined || relationRef === within)
      .map((one) => findClaimEntries({ store }, one));
  }

  async #findCoverages(ids: readonly string[], within: string | undefined): Promise<CoverageEntry[]> {
    const found = await Promise.all(ids.map((id) => findCoveragesNamed(this.#options, id)));
    return found.flat().filter(({ relationRef }) => within === undefined || relationRef === within);
  }

  async #listCoverages({ ids, relationRef, statuses, updated }: LedgerSearch): Promise<CoverageEntry[]> {
    if (ids === undefined && relationRef === undefined) throw newError('SEARCH_TOO_WIDE', 'Coverages are searched by patient or _id');
    const found = await (ids === undefined ? listCoveragesOf(this.#options, relationRef ?? '') : this.#findCoverages(ids, relationRef));
    return found.filter(({ status, recordedAt }) => {
      return isOneOf(status === 'active' ? 'active' : 'cancelled', statuses) && isIn(recordedAt, updated);
    });
  }

  async #pageOf(type: LedgerType, search: LedgerSearch, after: Place | undefined): Promise<Page> {
    if (isPaymentType(type)) return pageOfPayments(this.#options, search, after?.updated);
    return isClaimType(type) ? this.#pageOfClaims(type, search, after) : { found: await this.#listCoverages(search) };
  }

  #pageOfClaims(type: ClaimType, search: LedgerSearch, start: Place | undefined): Page {
    if (search.ids !== undefined) {
      const found = this.#findNamed(search.ids, search.relationRef);
      return { found: found.filter((one) => isClaimAsked(type, one, search)) };
    }
    return this.#lookThrough(type, search, start && { at: start.date ?? 0, number: start.rank });
  }

  /** Where much does not fit, the page ends with what was found, and its link goes on. */
  #lookThrough(type: ClaimType, search: LedgerSearch, start: ClaimPlace | undefined): Page {
    const { store } = this.#options;
    const { relationRef, coverageId } = search;
    // What an insurer answered has a time of its own; a claim changes after its submission, never before.
    const query = { relationRef, coverageId, ...(type === 'Claim' && intersect(search.created, { until: search.updated.until })) };
    const found: ClaimEntries[] = [];
    let from = start;
    for (let looked = 0; looked < mostLooked; looked += lookedAtOnce) {
      const { claims, next } = store.facts.claims.list(query, { order: '-submittedAt', start: from, most: lookedAtOnce });
      for (const listed of claims) {
        const entries = findClaimEntries({ store }, listed);
        if (!isClaimAsked(type, entries, search)) continue;
        if (found.length === search.count) return { found, next: formatPlace(placeOfClaim(listed)) };
        found.push(entries);
      }
      if (next === undefined) return { found };
      from = next;
    }
    return { found, next: from && formatPlace(from) };
  }
}

type Found = ClaimEntries | CoverageEntry | PaidStatement;

/** A notice tells a sum alone, of nobody; a reconciliation names a claim of each of its patients. */
function answerWithPayment(type: PaymentType, paid: PaidStatement): Listed {
  const reference = `${type}/${fhirIdOf(paidIdOf(paid))}`;
  const lines = type === 'PaymentNotice' ? [] : paid.document.claims.filter(({ currency }) => currency === paid.currency);
  const relations = new Set(lines.map(({ relationRef }) => relationRef));
  return { resource: presentPayment(type, paid), reference, about: [...relations].map((relationRef) => ({ relationRef, reference })) };
}

interface Page {
  readonly found: readonly Found[];
  readonly next?: Place | undefined;
}

function formatPlace({ at, number }: ClaimPlace): Place {
  return { rank: number, updated: '', date: at };
}

type Listing = { readonly type: LedgerType; readonly base: string; readonly asked: readonly Pair[]; readonly next: string | undefined };

function newBundle({ type, base, asked, next }: Listing, answers: readonly Listed[]): JsonObject {
  const query = new URLSearchParams(asked.map(([name, value]): [string, string] => [name, value])).toString();
  const entry = answers.map(({ resource, reference }) => ({
    fullUrl: `${base}/${reference}`,
    resource,
    search: { mode: 'match' },
  }));
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [
      { relation: 'self', url: `${base}/${type}${query === '' ? '' : `?${query}`}` },
      ...(next === undefined ? [] : [{ relation: 'next', url: `${base}/${type}?_cursor=${next}` }]),
    ],
    ...(entry.length > 0 && { entry }),
  };
}
