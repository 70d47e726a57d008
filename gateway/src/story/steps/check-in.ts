import type { MspId } from '@medaccord/chaincode/model';
import { checkIn as makeRelation } from '../../wallet';
import type { Answers } from '../answers';
import { findRecipients } from '../find-recipients';
import { assertHolds } from '../story-error';
import type { Step } from '../step';

/** The patient makes a relation with the counterparty; its first consent permits nothing. */
export const checkIn: Step = {
  name: 'check-in',
  titleOf: ({ counterparty }) => `She checks in at ${counterparty.title}`,
  run: async (stage, plot) => {
    const { custodian, counterparty } = stage.cast;
    const client = stage.clientOf(counterparty);
    const recipients = await findRecipients(client, [custodian, counterparty]);
    const wish = { subjectRef: plot.subjectRef, counterparty: counterparty.mspId as MspId, kinds: ['care' as const] };
    const { wallet, relationRef, request } = await makeRelation(plot.wallet, wish, recipients);
    await stage.saveWallet(wallet);
    const answer = await client.post<Answers['relation']>('/api/relations', request);
    assertHolds(
      answer.relationRef === relationRef && answer.version === 1,
      'the relation and the first version of its consent are recorded',
    );
    return {
      plot: { ...plot, wallet, relationRef },
      transactions: [answer.transactionId],
      findings: { relationRef, consentVersion: answer.version },
      remarks: [`relation ${relationRef}; its first consent permits nothing`],
    };
  },
};
