import {
  isKeyOf,
  isOfficial,
  isSameStatement,
  findGrant,
  newError,
  type Delegation,
  type DelegationEntry,
  type DelegationStatement,
  type Instant,
  type MspId,
  type PatientVerifier,
  type RelationEntry,
  type Signed,
} from '../model';
import { assertSignedBy } from '../signature';

/** What a statement stands beside. */
export interface DelegationFacts {
  readonly relation: RelationEntry;
  /** What counts of the relation's chain. */
  readonly chain: readonly Delegation[];
  /** What stands at the number: nothing, an entry, or bytes that are none. */
  readonly standing: DelegationEntry | 'junk' | undefined;
  /** Whether anything stands at the number before. */
  readonly isContinued: boolean;
  /** Who the members are now. */
  readonly verifier: PatientVerifier;
}

/**
 * The entry of the next statement in a relation's chain of delegations, or the standing one when it is of the same statement. The patient
 * signs with the relation's key; for one who cannot, custodian and authority sign. A delegate signs none: nobody passes powers on.
 *
 * @throws SIGNATURE_INVALID, DELEGATION_INVALID, DELEGATION_NUMBER_TAKEN, DELEGATION_NUMBER_SKIPPED
 */
export function recordDelegation(
  signed: Signed<'delegation'>,
  confirmation: string | null,
  facts: DelegationFacts,
  at: Instant,
): DelegationEntry {
  const { jws, payload } = signed;
  const { relationRef, n, submitBy } = payload;
  assertSigned(signed, confirmation, facts);
  const { standing } = facts;
  if (standing !== undefined) {
    if (standing === 'junk' || !isSameStatement(standing.jws, jws)) throw newError('DELEGATION_NUMBER_TAKEN', { relationRef, n });
    return standing;
  }
  if (submitBy < at) throw newError('DELEGATION_INVALID', { relationRef, problem: 'had to be submitted earlier: sign it anew' });
  if (!facts.isContinued) throw newError('DELEGATION_NUMBER_SKIPPED', { relationRef, n });
  const problem = findProblem(payload, facts, at);
  if (problem !== undefined) throw newError('DELEGATION_INVALID', { relationRef, problem });
  return { relationRef, n, jws, confirmation, recordedAt: at };
}

/** Checks that custodian or authority bring what they signed. @throws DELEGATION_INVALID */
export function assertConfirmed({ payload }: Signed<'delegation'>, relation: RelationEntry, caller: MspId): void {
  const { relationRef, confirmedBy } = payload;
  if (confirmedBy === null || (caller !== confirmedBy && caller !== relation.custodian))
    throw newError('DELEGATION_INVALID', { relationRef, problem: 'is appointed by neither custodian nor authority' });
}

function assertSigned(signed: Signed<'delegation'>, confirmation: string | null, { relation, verifier }: DelegationFacts): void {
  if (signed.payload.confirmedBy === null && confirmation === null) assertSignedBy(signed, relation.keys.signing);
  else if (!isOfficial('delegation', { jws: signed.jws, confirmation }, relation.custodian, verifier))
    throw newError('SIGNATURE_INVALID', { kind: 'delegation' });
}

function findProblem(statement: DelegationStatement, { relation, chain }: DelegationFacts, at: Instant): string | undefined {
  if (statement.act === 'grant') {
    if (isKeyOf(relation.keys, statement)) return "names one of the relation's own keys";
    return statement.validity.until <= at ? 'is over already' : undefined;
  }
  const grant = findGrant(chain, statement.of);
  if (grant === undefined) return 'ends one that is not there';
  if (statement.confirmedBy !== null && grant.confirmedBy === null) return "ends one that is the patient's own to end";
  return undefined;
}
