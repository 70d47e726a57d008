import {
  addMinutes,
  isBreakGlass,
  newError,
  RequestInvalid,
  type AccessRequest,
  type BreakGlass,
  type Commitment,
  type Instant,
  type Purpose,
  type Rules,
} from '../model';

type Declared = NonNullable<AccessRequest['breakGlass']>;

/** What a declaration rests on; `standing` is what waits for review of the unit. */
export interface DeclarationFacts {
  readonly unit: Commitment;
  readonly rules: Rules;
  readonly standing: BreakGlass | undefined;
}

/** Checks that a unit is named for a purpose that break-glass is for. @throws RequestInvalid */
export function assertDeclarable(purpose: Purpose, unit: Commitment | undefined): void {
  if (unit !== undefined && !isBreakGlass(purpose))
    throw new RequestInvalid('request.unit', 'left out, for this purpose is none of an emergency');
}

/**
 * What a declaration puts into its request: the unit, the end of its time box, and when its review is due. Every declaration is reviewed,
 * whatever comes of it.
 *
 * @throws BREAK_GLASS_NOT_ADOPTED, BREAK_GLASS_BLOCKED while a review of the unit is overdue, BREAK_GLASS_TOO_MANY
 */
export function declareEmergency({ unit, rules, standing }: DeclarationFacts, at: Instant): Declared {
  if (rules.emergency === undefined) throw newError('BREAK_GLASS_NOT_ADOPTED');
  const open = standing?.open ?? [];
  const overdue = open.find(({ reviewBy }) => reviewBy < at);
  if (overdue !== undefined) {
    const { relationRef, requestId, reviewBy } = overdue;
    throw newError('BREAK_GLASS_BLOCKED', { relationRef, requestId, deadline: reviewBy });
  }
  if (open.length >= rules.emergency.openReviews) throw newError('BREAK_GLASS_TOO_MANY', { size: open.length });
  const { accessHours, reviewHours } = rules.emergency;
  return { unit, until: addMinutes(at, accessHours * 60), reviewBy: addMinutes(at, reviewHours * 60) };
}

/** Tells whether a list stops its unit from declaring: a review is overdue, or too many are open. */
export function isBlocking({ open }: BreakGlass, { emergency }: Rules, at: Instant): boolean {
  return open.length >= (emergency?.openReviews ?? 0) || open.some(({ reviewBy }) => reviewBy < at);
}

/** The unit's list with one declaration more; undefined for a request that declares none. */
export function addOpenReview(
  { relationRef, requestId, by, breakGlass }: AccessRequest,
  standing: BreakGlass | undefined,
): BreakGlass | undefined {
  if (breakGlass === undefined) return undefined;
  const { unit, reviewBy } = breakGlass;
  return { mspId: by.mspId, unit, open: [...(standing?.open ?? []), { relationRef, requestId, reviewBy }] };
}
