import type { AccessRequest, Instant, MspId, Review } from '@medaccord/chaincode/model';
import type { Declared, Facts } from '../store';

/** A declared emergency as everybody may know it: what was stated is sealed. */
export interface Declaration {
  readonly relationRef: string;
  readonly requester: MspId;
  readonly requestId: string;
  /** The declaring department's pseudonym. */
  readonly unit: string;
  readonly by: AccessRequest['by'];
  readonly purpose: string;
  readonly at: Instant;
  readonly transactionId: string;
  readonly reviewBy: Instant;
  /** Not reviewed, and the time for it is over: the unit declares no other until somebody reviews it. */
  readonly isOverdue: boolean;
  readonly outcome: 'pending' | 'released' | 'refused';
  readonly records: number;
  /** The end of the time box of what was released. */
  readonly until: Instant | null;
  readonly review: {
    readonly outcome: Review['outcome'];
    readonly by: Review['by'];
    readonly at: Instant;
    readonly isLate: boolean;
  } | null;
}

/** The declarations that wait for a review, those that are due first first. */
export function listOpenDeclarations(facts: Facts, now: Instant): readonly Declaration[] {
  const open = facts.listDeclared().filter(({ review }) => review === undefined);
  return open.map((one) => describe(one, now)).sort((one, other) => (one.reviewBy < other.reviewBy ? -1 : 1));
}

export function describe({ request, transactionId, decision, review }: Declared, now: Instant): Declaration {
  const { relationRef, requestId, by, purpose, at, breakGlass } = request;
  return {
    relationRef,
    requester: by.mspId,
    requestId,
    unit: breakGlass.unit,
    by,
    purpose,
    at,
    transactionId,
    reviewBy: breakGlass.reviewBy,
    isOverdue: review === undefined && breakGlass.reviewBy < now,
    outcome: decision?.outcome ?? 'pending',
    records: decision?.count ?? 0,
    until: decision?.breakGlass?.until ?? null,
    review: review === undefined ? null : { outcome: review.outcome, by: review.by, at: review.at, isLate: review.at > review.reviewBy },
  };
}
