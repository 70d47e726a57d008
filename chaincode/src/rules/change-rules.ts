import { formatCanonical, newError, RequestInvalid, type Digest, type MspId, type Rules, type RulesDocument } from '../model';
import { digestOf } from '../signature';
import { majorityOf, votersOf } from './voters';

/** Names a change: the digest of the whole next version. */
export function digestOfRules(document: RulesDocument): Digest {
  return digestOf(formatCanonical(document));
}

/**
 * Checks that the caller's member may found the consortium with this first version.
 *
 * @throws RULES_VERSION_SKIPPED, RequestInvalid when the rules leave the caller's member out or suspend somebody
 */
export function assertFounding(document: RulesDocument, caller: MspId): void {
  if (document.version !== 1) throw newError('RULES_VERSION_SKIPPED', { version: 0 });
  if (!Object.hasOwn(document.roles, caller)) throw new RequestInvalid('request.roles', "a table with the caller's own member in it");
  if (document.suspended.length > 0) throw new RequestInvalid('request.suspended', 'an empty list in the first version');
}

/**
 * Checks that a document can be the version after the current one, and that the caller's member has a say in it.
 *
 * @throws RULES_VERSION_SKIPPED, RULES_ALREADY_ADOPTED, RULES_VOTE_NOT_COUNTED, RequestInvalid when the rest could not change the rules again
 */
export function assertNext(document: RulesDocument, current: Rules, caller: MspId): void {
  const { version } = current;
  if (document.version > version + 1) throw newError('RULES_VERSION_SKIPPED', { version });
  if (document.version <= version) throw newError('RULES_ALREADY_ADOPTED', { version });
  assertHasVote(current, caller);
  const { roles, suspended } = document;
  if (!suspended.every((mspId) => Object.hasOwn(roles, mspId))) throw new RequestInvalid('request.suspended', 'members of request.roles');
  if (votersOf(document).length < majorityOf(document))
    throw new RequestInvalid('request.suspended', 'so few members that more than half are left to change the rules');
}

/** @throws RULES_VOTE_NOT_COUNTED when the rules do not name the member, or suspend it. */
export function assertHasVote(current: Rules, mspId: MspId): void {
  if (!votersOf(current).includes(mspId)) throw newError('RULES_VOTE_NOT_COUNTED', { mspId });
}

/** @throws RULES_ALREADY_ADOPTED when a version that stands has other content. */
export function assertSame(document: RulesDocument, { adoptedAt: _, ...standing }: Rules, current: Rules): void {
  if (digestOfRules(document) !== digestOfRules(standing)) throw newError('RULES_ALREADY_ADOPTED', { version: current.version });
}
