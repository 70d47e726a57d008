import { LifecycleError } from '../lifecycle-error';
import type { PeerConnection } from '../peer-connection';
import { compareTerms, type FieldDifference } from './definition';
import type { NamedDefinition } from './definition-messages';
import type { CommittedDefinition } from './definition-queries';
import { formatDifferences, formatReadiness, type MemberReadiness } from './member-readiness';

/**
 * Asserts that an organisation can approve a definition where another one is committed, or none: the next one, or that very one again.
 * @throws LifecycleError DEFINITION_DIFFERS, which names each field that is other
 */
export function assertApprovable(wanted: NamedDefinition, committed: CommittedDefinition | undefined): void {
  const last = committed?.sequence ?? 0;
  if (wanted.sequence === last + 1) return;
  if (committed === undefined || wanted.sequence !== last) throw newWrongSequence(wanted, last);
  const differences = compareTerms(wanted.terms, committed.terms);
  if (differences.length > 0) throw newTaken(wanted, differences);
}

/** A member has to approve before the definition can be committed. */
export function newNotReady(wanted: NamedDefinition, members: readonly MemberReadiness[], cause?: unknown): LifecycleError {
  const head = `Not enough members approved ${wanted.name} as it is wanted for sequence ${String(wanted.sequence)}:`;
  const hint = 'Each member that is named here approves the same definition (`lifecycle approve`), or all agree on another one.';
  return new LifecycleError('DEFINITION_NOT_READY', [head, ...formatReadiness(members)].join('\n  '), hint, cause);
}

/** A peer that has not read what others have. */
export function newBehind({ organisation, mspId }: PeerConnection, channel: string, what: string): LifecycleError {
  const message = `The peer of ${organisation.title} (${mspId}) has not read ${what} in channel ${channel}, which others have.`;
  return new LifecycleError('PEER_BEHIND', message, `See in the log of peer-${organisation.name} whether it reaches the orderers.`);
}

function newTaken({ name, sequence }: NamedDefinition, differences: readonly FieldDifference[]): LifecycleError {
  const head = `Sequence ${String(sequence)} of ${name} is committed already, and other than wanted:`;
  const hint = `What is wanted can become sequence ${String(sequence + 1)}.`;
  return new LifecycleError('DEFINITION_DIFFERS', [head, ...formatDifferences(differences)].join('\n'), hint);
}

function newWrongSequence({ name, sequence }: NamedDefinition, last: number): LifecycleError {
  const message = `Sequence ${String(sequence)} of ${name} cannot be approved: ${last === 0 ? 'none is' : `${String(last)} is`} committed.`;
  return new LifecycleError('DEFINITION_DIFFERS', message, `The next one is sequence ${String(last + 1)}.`);
}
