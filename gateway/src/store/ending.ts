import {
  basisOf,
  deletionKey,
  findEnding,
  type ConsentEntry,
  type Decision,
  type Deletion,
  type Ending,
  type Instant,
} from '@medaccord/chaincode/model';
import { isEnded } from './delegations';
import type { Facts } from './facts';

/** What ended a release by now: what its deletion says, or the consent; nothing as long as nothing did. */
export function findEndingOf(facts: Pick<Facts, 'find' | 'findKey' | 'list'>, decision: Decision, now: Instant): Ending | undefined {
  const { relationRef, requester, requestId } = decision;
  const deletion = facts.findKey<Deletion>(deletionKey(relationRef, requester, requestId, 'release'))?.value;
  if (deletion !== undefined) return { reason: deletion.reason, consentVersion: deletion.consentVersion };
  const headers = facts.list<ConsentEntry>('consent', relationRef).map(({ value }) => value);
  const counting = headers.filter((header) => !isEnded(facts, header));
  const inOrder = counting.sort((one, other) => one.version - other.version);
  return findEnding(basisOf(decision), inOrder, now);
}
