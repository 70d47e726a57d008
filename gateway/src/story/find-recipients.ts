import { isSuiteId } from '../crypto';
import type { Recipient } from '../wallet';
import type { Answers } from './answers';
import type { Member } from './cast';
import type { GatewayClient } from './gateway-client';
import { StoryError } from './story-error';

/** The members' keys on the ledger that a wallet can seal to. @throws {StoryError} ORGANISATION_NOT_FOUND */
export async function findRecipients(client: GatewayClient, members: readonly Pick<Member, 'mspId'>[]): Promise<Recipient[]> {
  const { organisations } = await client.get<Answers['organisations']>('/api/organisations');
  return members.map(({ mspId }) => {
    const keys = organisations.find((organisation) => organisation.mspId === mspId)?.encryption ?? [];
    const [key] = keys.flatMap(({ suite, publicKey }) => (isSuiteId(suite) ? [{ suite, publicKey }] : []));
    if (key === undefined) {
      throw new StoryError('ORGANISATION_NOT_FOUND', `The ledger has no key of ${mspId} that this wallet can seal to.`, {
        hint: 'A gateway registers its organisation when it starts: see its log.',
      });
    }
    return { mspId, key };
  });
}
