import {
  findProblemOfConsent,
  isConsentSigned,
  isSameStatement,
  newError,
  type ConsentEntry,
  type Delegation,
  type Instant,
  type RelationEntry,
  type Signed,
} from '../model';
import { statementVerifier } from '../signature';

/** What stands at a version: nothing, an entry, or bytes that are none. */
export type StoredConsent = ConsentEntry | 'junk' | undefined;

/** The chain around a new version. */
export interface ConsentChain {
  readonly relation: RelationEntry;
  /** Whether anything stands at the version before. */
  readonly isContinued: boolean;
  /** Whether the patient closed the relation at an earlier version, whatever stands after it. */
  readonly isClosed: boolean;
  readonly standing: StoredConsent;
  /** The relation's delegations, where a delegate signed. */
  readonly delegations: readonly Delegation[];
}

/**
 * The entry of a consent's next version, or the standing one when it is of the same statement. Version 1 comes with the relation.
 * Junk in a version number stops that number only: the next one may follow it, but not a relation that is closed.
 *
 * @throws SIGNATURE_INVALID, DELEGATE_NOT_ALLOWED, CONSENT_SUBMITTED_LATE, CONSENT_VERSION_TAKEN, CONSENT_VERSION_SKIPPED, RELATION_CLOSED
 */
export function recordConsent(signed: Signed<'consent'>, chain: ConsentChain, at: Instant): ConsentEntry {
  const { relationRef, version, submitBy } = signed.payload;
  const { standing } = chain;
  assertSigned(signed, chain, at);
  if (standing !== undefined) {
    if (standing === 'junk' || !isSameStatement(standing.jws, signed.jws))
      throw newError('CONSENT_VERSION_TAKEN', { relationRef, version });
    return standing;
  }
  if (submitBy < at) throw newError('CONSENT_SUBMITTED_LATE', { relationRef, submitBy });
  if (version > 1) assertContinues(chain, version);
  return { ...signed.payload, jws: signed.jws, recordedAt: at };
}

/** What stands already was allowed when it was recorded. */
function assertSigned(signed: Signed<'consent'>, { relation, standing, delegations }: ConsentChain, now: Instant): void {
  const isRepeat = standing !== undefined && standing !== 'junk' && isSameStatement(standing.jws, signed.jws);
  const at = isRepeat ? standing.recordedAt : now;
  const { relationRef, delegation } = signed.payload;
  const problem = delegation === undefined ? undefined : findProblemOfConsent(signed, delegations, at);
  if (delegation !== undefined && problem !== undefined) throw newError('DELEGATE_NOT_ALLOWED', { relationRef, delegation, problem });
  if (!isConsentSigned(signed, relation, statementVerifier, { chain: delegations, at }))
    throw newError('SIGNATURE_INVALID', { kind: 'consent' });
}

/** Checks the version that a relation begins with. @throws CONSENT_INVALID */
export function assertFirstConsent(signed: Signed<'consent'>): void {
  const { relationRef, version, status } = signed.payload;
  if (version !== 1) throw newError('CONSENT_INVALID', { relationRef, problem: 'comes with its relation and must be version 1' });
  if (status !== 'in-force') throw newError('CONSENT_INVALID', { relationRef, problem: 'begins a relation and must be in force' });
}

function assertContinues({ relation, isContinued, isClosed }: ConsentChain, version: number): void {
  if (!isContinued) throw newError('CONSENT_VERSION_SKIPPED', { relationRef: relation.relationRef, version });
  if (isClosed) throw newError('RELATION_CLOSED', { relationRef: relation.relationRef });
}
