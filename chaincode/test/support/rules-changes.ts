import type { MspId, Rules, TransactionRequest } from '../../src/model';
import { CLINIC, HOSPITAL, INSURER, type Consortium } from './story';

export type RulesChange = TransactionRequest<'ApproveRules'>;

/** Three of the four members. */
export const THREE: readonly MspId[] = [HOSPITAL, CLINIC, INSURER];

/** The admins of these members approve a next version of the rules, each at its own peer. */
export async function approveRules(consortium: Consortium, next: RulesChange, members: readonly MspId[] = THREE): Promise<void> {
  for (const mspId of members) {
    await consortium.submit(await consortium.identity(mspId, 'admin'), 'ApproveRules', next, { endorsers: [mspId] });
  }
}

/** They approve it, and the first of them puts it in force. */
export async function changeRules(consortium: Consortium, next: RulesChange, members: readonly MspId[] = THREE): Promise<Rules> {
  await approveRules(consortium, next, members);
  const admin = await consortium.identity(members[0] ?? '', 'admin');
  return consortium.submit(admin, 'AdoptRules', { ...next, approvedBy: members });
}
