import {
  addAccumulators,
  billedClaimOf,
  decideClaim,
  evidenceNeeded,
  paidBy,
  subtractAccumulators,
  type Accumulators,
  type Adjudication,
  type AdjudicationDocument,
  type BenefitPlan,
  type ClaimBody,
} from '@medaccord/chaincode/model';
import { nameOf, type DecidedClaim, type DecidedCoverage } from './decided-claim';
import type { DraftPlan } from './draft-plan';

/** Why a claim is not decided again: it stands apart, with what was paid. */
export const apartReasons = [
  /** A person of the insurer decided it: what she would say of the draft, nobody knows. */
  'by-person',
  /** A person paid a line beside the rule. */
  'overridden',
  /** The draft reads a kind of record for which nobody asked then. */
  'evidence-not-asked',
  /** It was billed in another currency than the draft's. */
  'other-currency',
  /** Its body or its adjudication is not here, or does not open. */
  'papers-missing',
  /** What was used would leave its bounds. */
  'not-decidable',
] as const;
export type ApartReason = (typeof apartReasons)[number];

/** A claim as it stood at the end of a period, and as a draft decides it. */
export type Rerun = Pick<DecidedClaim, 'claim'> &
  (
    | { readonly kind: 'rerun'; readonly before: Adjudication; readonly after: Adjudication }
    | { readonly kind: 'apart'; readonly reason: ApartReason; readonly paid: number }
    /** Taken back, or corrected by a later claim: it pays nothing, by any plan. */
    | { readonly kind: 'reversed' }
  );

/** What claims that were decided again used, then and under the draft. */
interface Use {
  readonly then: Accumulators;
  readonly now: Accumulators;
}

const none: Use = { then: {}, now: {} };

/**
 * Decides again, by a draft, what was decided of one coverage in a period: in the order of its chain, each on what the coverage had used before
 * the period and on what the claims before it use under the draft. Everything else that the rule was told is what it was told then. What
 * stands apart, and what is asked in advance, uses what it used.
 *
 * @param bodies by the names of the claims
 */
export function* rerunCoverage(draft: DraftPlan, coverage: DecidedCoverage, bodies: ReadonlyMap<string, ClaimBody>): Generator<Rerun> {
  // As the period left each claim.
  const standing = new Map(
    coverage.toSorted((one, other) => one.entry.n - other.entry.n).map((one): [string, DecidedClaim] => [one.claim.claimId, one]),
  );
  const uses = new Map<string, Use>();
  let together = none;
  for (const one of coverage) {
    const { claim } = one;
    if (claim.use !== 'claim') continue;
    together = withUse(together, uses.get(claim.claimId) ?? none, subtractAccumulators);
    uses.delete(claim.claimId);
    const stands = standing.get(claim.claimId) ?? one;
    const rerun = rerunClaim(draft, one, findApart(draft, stands, bodies.get(nameOf(claim))), { bodies, together });
    if (rerun.kind === 'rerun') {
      const use: Use = { then: rerun.before.used, now: rerun.after.used };
      uses.set(claim.claimId, use);
      together = withUse(together, use, addAccumulators);
    }
    if (one === stands) yield rerun;
  }
}

function withUse(together: Use, use: Use, combine: typeof addAccumulators): Use {
  return { then: combine(together.then, use.then), now: combine(together.now, use.now) };
}

/** Why a claim cannot be decided again, by the newest of its adjudications in the period; undefined where it can. */
function findApart(draft: DraftPlan, { entry, document }: DecidedClaim, body: ClaimBody | undefined): ApartReason | undefined {
  if (entry.isOverridden) return 'overridden';
  if (entry.manner === 'person') return 'by-person';
  if (document === undefined) return 'papers-missing';
  if (document.decided === null) return undefined;
  const then = draft.published.get(document.planVersion);
  if (body === undefined || then === undefined) return 'papers-missing';
  if (body.currency !== draft.plan.currency) return 'other-currency';
  return hasEvidence({ plan: draft.plan, then }, body, document.decided) ? undefined : 'evidence-not-asked';
}

/** Whether every kind of record that the draft reads for a line was asked for then: what had not come then is an answer, too. */
function hasEvidence(
  { plan, then }: { readonly plan: BenefitPlan; readonly then: BenefitPlan },
  body: ClaimBody,
  { facts }: NonNullable<AdjudicationDocument['decided']>,
): boolean {
  const billed = billedClaimOf(body);
  const asked = evidenceNeeded(then, billed);
  return evidenceNeeded(plan, billed).every(({ line, recordTypes }) =>
    recordTypes.every(
      (type) =>
        asked.some((one) => one.line === line && one.recordTypes.includes(type)) ||
        facts.evidence.some((one) => one.line === line && one.recordType === type),
    ),
  );
}

function rerunClaim(
  draft: DraftPlan,
  { claim, document }: DecidedClaim,
  reason: ApartReason | undefined,
  { bodies, together }: { readonly bodies: ReadonlyMap<string, ClaimBody>; readonly together: Use },
): Rerun {
  if (document?.decided === null) return { claim, kind: 'reversed' };
  const paid = document === undefined ? 0 : paidBy(document);
  const body = bodies.get(nameOf(claim));
  if (reason !== undefined || document === undefined || body === undefined)
    return { claim, kind: 'apart', reason: reason ?? 'papers-missing', paid };
  const after = tryDecide(draft, body, document, together);
  if (after === undefined) return { claim, kind: 'apart', reason: 'not-decidable', paid };
  return { claim, kind: 'rerun', before: JSON.parse(document.decided.result) as Adjudication, after };
}

/** The draft's answer, as if it had been in force when the claim was decided; undefined where what is used would leave its bounds. */
function tryDecide(
  { plan, published }: DraftPlan,
  body: ClaimBody,
  { before, elsewhere, decided, planVersion }: AdjudicationDocument,
  { then, now }: Use,
): Adjudication | undefined {
  if (decided === null) return undefined;
  const inForce = { ...plan, period: published.get(planVersion)?.period ?? plan.period };
  try {
    const used = subtractAccumulators(addAccumulators(before, now), then);
    return decideClaim(inForce, { before: used, elsewhere }, body, decided.facts);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
