import { isSensitive } from '../category';
import { confidentialityOf, isAtMost } from '../confidentiality';
import type { Instant } from '../instant';
import type { RecordDetails } from '../record-details';

// The part of the rule for assisted consents. It only ever denies: an assisted relation permits nothing that the same unassisted one would
// not. docs/reference/consent-rule.md, "Assisted consents".

/** What the ledger says of a version of an assisted consent beside the patient's signature. */
export interface Assistance {
  /** From when on it counts, by its witness and its notice; null as long as either is missing. */
  readonly effectiveAt: Instant | null;
  /** A registrar ended it on the patient's word. */
  readonly isEnded: boolean;
}

/** What an assisted consent is judged by. */
export interface AssistedQuestion {
  readonly relation: { readonly assisted?: true | undefined };
  /** Of the version that counts; what is not known of an assisted one denies. */
  readonly assistance?: Assistance | undefined;
  readonly now: Instant;
}

/** What is against an assisted consent whatever is asked for; undefined when nothing is, and for any other consent. */
export function findReasonAgainstAssisted({
  relation,
  assistance,
  now,
}: AssistedQuestion): 'consent-ended' | 'notice-missing' | 'not-yet-valid' | undefined {
  if (relation.assisted === undefined) return undefined;
  if (assistance?.isEnded === true) return 'consent-ended';
  if (assistance === undefined || assistance.effectiveAt === null) return 'notice-missing';
  return now < assistance.effectiveAt ? 'not-yet-valid' : undefined;
}

/** Whether a record is one that no assisted consent opens, whatever it names: of a sensitive category, R or V. */
export function isBeyondAssisted({
  relation,
  record: { category, labels },
}: Pick<AssistedQuestion, 'relation'> & { readonly record: Pick<RecordDetails, 'category' | 'labels'> }): boolean {
  return relation.assisted !== undefined && (isSensitive(category) || !isAtMost(confidentialityOf(labels), 'N'));
}
