import type { ClaimId } from '../identifiers';
import type { Instant } from '../instant';
import { addAccumulators } from './accumulators';
import { adjudicate } from './adjudicate';
import type { Adjudication } from './adjudication';
import type { AdjudicationDocument, LineOverride } from './adjudication-document';
import type { BenefitPlan } from './benefit-plan';
import type { ClaimFacts } from './claim';
import { billedClaimOf, type ClaimBody } from './claim-body';
import type { ClaimEntry, CoverageEntry } from './claim-entry';
import type { CoverageDocument } from './coverage-document';
import { addDays, dayOf, type Day, type Days } from './day';

// What insurer, hospital, patient and chaincode all do in the same way around the rule, so that the same claim gives the same bytes.

/** No service has this day. */
const LAST_DAY = '9999-12-30' as Day;

/** The id under which lines of later claims draw on a line of a preauthorization (`authorization` there, `authorized` in its document). */
export function authorizationId(claimId: ClaimId, sequence: number): string {
  return `${claimId}.${String(sequence)}`;
}

/**
 * The days on which a coverage is in force: its period, cut on the day (UTC) on which the insurer ended or suspended it. A suspension that
 * it lifted cuts nothing. `versions`: all of them, the oldest first.
 */
export function coveredDays({ period }: CoverageDocument, versions: readonly Pick<CoverageEntry, 'status' | 'recordedAt'>[]): Days {
  const lastActive = versions.findLastIndex(({ status }) => status === 'active');
  const stopped = versions[lastActive + 1];
  if (stopped === undefined) return period;
  const until = dayOf(stopped.recordedAt);
  if (until <= period.from) return { from: LAST_DAY, until: addDays(LAST_DAY, 1) };
  return { from: period.from, until: period.until !== null && period.until < until ? period.until : until };
}

/** The rule's time: the claim's submission; of what is asked in advance, the last day of service if that is later. */
export function decidedAt({ submittedAt }: Pick<ClaimEntry, 'submittedAt'>, { use, lines }: Pick<ClaimBody, 'use' | 'lines'>): Instant {
  if (use === 'claim') return submittedAt;
  const last = lines.reduce((latest, { day }) => (day > latest ? day : latest), dayOf(submittedAt));
  return last === dayOf(submittedAt) ? submittedAt : (`${last}T00:00:00.000Z` as Instant);
}

/** The facts of a claim that ledger and documents settle; the others somebody states. */
export type SettledFacts = Omit<ClaimFacts, 'deceasedOn' | 'evidence' | 'decisions'>;

/**
 * What the rule is told of a claim by its header, the coverage and the preauthorizations that its lines draw on.
 *
 * @param authorized what preauthorizations of the coverage that stand allow, in their order
 */
export function settledFactsOf(
  { claim, body }: { readonly claim: ClaimEntry; readonly body: ClaimBody },
  { terms, versions }: { readonly terms: CoverageDocument; readonly versions: readonly Pick<CoverageEntry, 'status' | 'recordedAt'>[] },
  authorized: ClaimFacts['authorizations'],
): SettledFacts {
  const drawn = new Set(body.lines.map(({ authorization }) => authorization));
  return {
    at: decidedAt(claim, body),
    coverage: coveredDays(terms, versions),
    isInNetwork: terms.isInNetwork,
    order: terms.order,
    authorizations: authorized.filter(({ id }) => drawn.has(id)),
    duplicates: claim.duplicates.flatMap((place) => body.lines[place]?.sequence ?? []),
  };
}

/**
 * The rule's answer to a claim's body. A preauthorization asks what would be paid once it is authorized: the plan's list of what needs an
 * authorization is left out of account.
 *
 * @throws RangeError as `adjudicate`
 */
export function decideClaim(
  plan: BenefitPlan,
  { before, elsewhere }: Pick<AdjudicationDocument, 'before' | 'elsewhere'>,
  body: ClaimBody,
  facts: ClaimFacts,
): Adjudication {
  const asked = body.use === 'preauthorization' ? { ...plan, authorizations: [] } : plan;
  return adjudicate(asked, addAccumulators(before, elsewhere), billedClaimOf(body), facts);
}

/** What the insurer pays for a claim in all, in minor units: what a person paid for a line stands in the place of the rule's benefit. */
export function paidOf({ lines }: Pick<Adjudication, 'lines'>, overrides: readonly LineOverride[]): number {
  const byPerson = new Map(overrides.map(({ line, benefit }) => [line, benefit]));
  return lines.reduce((total, { sequence, amounts }) => total + (byPerson.get(sequence) ?? amounts.benefit), 0);
}

/** What an adjudication pays by its document: nothing where the claim was taken back. */
export function paidBy({ decided }: Pick<AdjudicationDocument, 'decided'>): number {
  return decided === null ? 0 : paidOf(JSON.parse(decided.result) as Adjudication, decided.overrides);
}

/** How far a claim is decided, lines that a person paid beside the rule included. */
export function decidedOutcome({ lines }: Pick<Adjudication, 'lines'>, overrides: readonly LineOverride[]): Adjudication['outcome'] {
  const byPerson = new Set(overrides.map(({ line }) => line));
  const waiting = lines.filter(({ outcome, sequence }) => outcome === 'review' && !byPerson.has(sequence)).length;
  if (waiting === 0) return 'complete';
  return waiting === lines.length ? 'queued' : 'partial';
}
