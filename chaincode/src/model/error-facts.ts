import type { ClaimId, CoverageId, GroupId, MspId, RecordId, ReferralId, RelationRef, RequestId, StudyId, SubjectRef } from './identifiers';
import type { Instant } from './instant';
import type { Purpose } from './purpose';
import type { AccessReason } from './rule/decide-access';

/** What a caller can do about an error; the gateway turns a category into an HTTP status. */
export const errorCategoryNames = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'rule',
  'gone',
  'contention',
  'unavailable',
  'uncertain',
  'internal',
] as const;
export type ErrorCategory = (typeof errorCategoryNames)[number];

/** What errors tell, one type for each name: pseudonymous ids, enum values, places and counts. */
export interface ErrorFacts {
  readonly allowed: string;
  readonly approvals: number;
  /** Of a record, its place in a list: where the record itself must not be named. */
  readonly at: number;
  readonly authority: MspId;
  readonly claimId: ClaimId;
  readonly coverageId: CoverageId;
  readonly custodian: MspId;
  readonly deadline: Instant;
  readonly delegation: number;
  readonly earliest: Instant;
  readonly expected: string;
  readonly field: string;
  readonly groupId: GroupId;
  readonly id: string;
  readonly kind: string;
  readonly mspId: MspId;
  readonly n: number;
  readonly needed: number;
  readonly of: string;
  readonly outcome: string;
  readonly part: number | string;
  readonly place: string;
  readonly planId: string;
  readonly problem: string;
  readonly purpose: Purpose;
  readonly reason: AccessReason;
  readonly recordId: RecordId;
  readonly records: number;
  readonly ref: string;
  readonly referralId: ReferralId;
  readonly relationRef: RelationRef;
  readonly requester: MspId;
  readonly requestId: RequestId;
  readonly size: number;
  readonly status: string;
  readonly studyId: StudyId;
  readonly subjectRef: SubjectRef;
  readonly submitBy: Instant;
  readonly transaction: string;
  readonly type: string;
  readonly version: number;
}

/** What every error of a code has in common. */
export interface ErrorRow {
  readonly category: ErrorCategory;
  readonly facts: readonly (keyof ErrorFacts)[];
  /** For people; `{name}` stands for the fact of that name. */
  readonly message: string;
}
