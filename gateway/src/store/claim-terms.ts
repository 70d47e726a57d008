import { epochMsOf, type Instant } from '@medaccord/chaincode/model';
import { bucketsOfRange, bucketsThatMeet } from '../search';
import { bucketsOfAmount, bucketsThatHold } from './amount-buckets';
import type { ClaimKey } from './claim-places';
import type { ClaimFlag, ClaimStatus, FindableClaim, ListedClaim } from './claim-row';

/** What claims are listed by: the time of their submission, or their amount. */
export type ClaimScale = 'time' | 'amount';

export interface ClaimQuery {
  readonly relationRef?: string | undefined;
  readonly insurer?: string | undefined;
  readonly hospital?: string | undefined;
  readonly coverageId?: string | undefined;
  /** One of these. */
  readonly statuses?: readonly ClaimStatus[] | undefined;
  readonly flag?: ClaimFlag | undefined;
  /** The name of a service, made with the local key. */
  readonly service?: string | undefined;
  readonly currency?: string | undefined;
  /** Minor units, both inclusive. */
  readonly minAmount?: number | undefined;
  readonly maxAmount?: number | undefined;
  /** Submitted from (inclusive) until (exclusive). */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** A claim's place in a list of every term that it is found by. An amount finds it once its body is opened. */
export function termsOfClaim(claim: FindableClaim): ReadonlyMap<string, ClaimKey> {
  const { number, amount } = claim;
  const time = epochMsOf(claim.submittedAt as Instant);
  const of = (scale: ClaimScale, at: number, terms: readonly string[]): [string, ClaimKey][] =>
    terms.map((term) => [`${scale} ${term}`, { at, number }]);
  const common = commonTerms(claim);
  if (amount === null) return new Map(of('time', time, common));
  return new Map([
    ...of('time', time, [...common, ...bucketsOfAmount(amount).map((bucket) => `amount ${bucket}`)]),
    ...of('amount', amount, [...common, ...bucketsOfRange({ from: time, until: time + 1 }).map((bucket) => `day ${bucket}`)]),
  ]);
}

function commonTerms({
  relationRef,
  coverageId,
  hospital,
  insurer,
  status,
  flags,
  currency,
  services,
}: Omit<FindableClaim, 'number'>): string[] {
  return [
    'all',
    `relation ${relationRef}`,
    `coverage ${coverageId}`,
    `hospital ${hospital}`,
    `insurer ${insurer}`,
    `status ${status}`,
    ...flags.map((flag) => `flag ${flag}`),
    ...(currency === null ? [] : [`currency ${currency}`]),
    ...services.map((service) => `service ${service}`),
  ];
}

/** What a query asks for: of each list of terms a claim has at least one. Ranges of the other scale are met nearly: what is found is compared. */
export function termsAskedFor(query: ClaimQuery, scale: ClaimScale): readonly (readonly string[])[] {
  const { relationRef, coverageId, hospital, insurer, statuses, flag, currency, service } = query;
  const single = { relation: relationRef, coverage: coverageId, hospital, insurer, flag, currency, service };
  const asked = [
    ...Object.entries(single).flatMap(([name, value]) => (value === undefined ? [] : [[`${name} ${value}`]])),
    ...(statuses === undefined ? [] : [statuses.map((status) => `status ${status}`)]),
    ...(scale === 'time' ? amountTerms(query) : dayTerms(query)),
  ];
  return (asked.length === 0 ? [['all']] : asked).map((terms) => terms.map((term) => `${scale} ${term}`));
}

function amountTerms(query: ClaimQuery): string[][] {
  if (query.minAmount === undefined && query.maxAmount === undefined) return [];
  const [least, most] = boundsOf(query, 'amount');
  return [bucketsThatHold(least, most).map((bucket) => `amount ${bucket}`)];
}

function dayTerms({ from, until }: ClaimQuery): string[][] {
  if (from === undefined && until === undefined) return [];
  const range = { from: msOf(from) ?? null, until: msOf(until) ?? null };
  return [bucketsThatMeet(range, false).map((bucket) => `day ${bucket}`)];
}

/** From where to where a list of this scale is of interest, both inclusive. */
export function boundsOf({ from, until, minAmount, maxAmount }: ClaimQuery, scale: ClaimScale): readonly [least: number, most: number] {
  const [least, most] = scale === 'time' ? [msOf(from), beforeOf(msOf(until))] : [minAmount, maxAmount];
  return [least ?? 0, most ?? Number.MAX_SAFE_INTEGER];
}

/** Whether a claim lies in the ranges that are asked for. */
export function isInBounds({ submittedAt, amount }: ListedClaim, query: ClaimQuery): boolean {
  const isIn = (at: number, scale: ClaimScale): boolean => {
    const [least, most] = boundsOf(query, scale);
    return least <= at && at <= most;
  };
  return isIn(epochMsOf(submittedAt as Instant), 'time') && (amount === null || isIn(amount, 'amount'));
}

function msOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : epochMsOf(instant as Instant);
}

function beforeOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms - 1;
}
