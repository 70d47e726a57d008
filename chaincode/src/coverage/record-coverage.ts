import {
  isSameStatement,
  newError,
  RequestInvalid,
  type CoverageEntry,
  type Instant,
  type Participant,
  type RelationEntry,
  type Rules,
  type Signed,
  type TransactionRequest,
} from '../model';
import type { Attested } from '../proof';
import { assertSignedBy } from '../signature';
import { assertInsurer } from './assert-insurer';

/** The chain around a new version of a coverage. */
export interface CoverageChain {
  readonly relation: RelationEntry;
  readonly rules: Rules;
  readonly standing: Attested<CoverageEntry>;
  /** The newest version before it that counts. */
  readonly previous: CoverageEntry | undefined;
  /** Whether anything stands at the version before: what others wrote there stops that number only. */
  readonly isContinued: boolean;
}

/**
 * The entry of a coverage's next version; the standing one when it is the same. The insurer alone suspends, resumes and ends; other terms
 * take the patient's signature of this very version.
 *
 * @throws CALLER_NOT_INSURER, RELATION_INVALID, SIGNATURE_INVALID, COVERAGE_VERSION_TAKEN, COVERAGE_VERSION_SKIPPED, COVERAGE_ENDED,
 * COVERAGE_TERMS_OUTDATED; RequestInvalid for a statement of another coverage
 */
export function recordCoverage(
  request: TransactionRequest<'RecordCoverage'>,
  signed: Signed<'coverage'>,
  chain: CoverageChain,
  { by, at }: { readonly by: Participant; readonly at: Instant },
): CoverageEntry {
  const { relationRef, coverageId, version, status, coverage: jws } = request;
  const { relation, standing } = chain;
  assertInsurerOf(relation, chain.rules, by);
  assertStatementOf(relation, request, signed);
  if (standing !== undefined) {
    if (standing === 'junk' || standing.status !== status || !isSameStatement(standing.jws, jws))
      throw newError('COVERAGE_VERSION_TAKEN', { relationRef, coverageId, version });
    return standing;
  }
  assertContinues(request, signed, chain);
  return { relationRef, coverageId, version, insurer: relation.counterparty, status, jws, by, recordedAt: at };
}

function assertInsurerOf({ relationRef, counterparty, kinds }: RelationEntry, rules: Rules, { mspId }: Participant): void {
  if (mspId !== counterparty) throw newError('CALLER_NOT_INSURER', { mspId });
  assertInsurer(mspId, rules);
  if (!kinds.includes('cover')) throw newError('RELATION_INVALID', { relationRef, problem: 'is not for cover' });
}

function assertStatementOf(
  { keys }: RelationEntry,
  { relationRef, coverageId }: TransactionRequest<'RecordCoverage'>,
  signed: Signed<'coverage'>,
): void {
  if (signed.payload.relationRef !== relationRef || signed.payload.coverageId !== coverageId)
    throw new RequestInvalid('request.coverage', "the patient's statement of this coverage");
  assertSignedBy(signed, keys.signing);
}

function assertContinues(
  { relationRef, coverageId, version, status, coverage }: TransactionRequest<'RecordCoverage'>,
  { payload }: Signed<'coverage'>,
  { previous, isContinued }: CoverageChain,
): void {
  if (version > 1 && !isContinued) throw newError('COVERAGE_VERSION_SKIPPED', { relationRef, coverageId, version });
  if (previous?.status === 'ended') throw newError('COVERAGE_ENDED', { relationRef, coverageId });
  if (previous === undefined && status !== 'active') throw new RequestInvalid('request.status', 'active, where a coverage begins');
  const isOfBefore = previous !== undefined && isSameStatement(previous.jws, coverage);
  if (!isOfBefore && payload.version !== version) throw newError('COVERAGE_TERMS_OUTDATED', { relationRef, coverageId, version });
}
