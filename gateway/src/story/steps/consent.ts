import { formatInstant } from '@medaccord/chaincode/model';
import { signConsent } from '../../wallet';
import type { Answers } from '../answers';
import { findRecipients } from '../find-recipients';
import { untilKnown } from '../request-access';
import { assertHolds } from '../story-error';
import type { Step } from '../step';

const DAYS = 30;
/** The patient's clock and the ledger's may differ a little. */
const CLOCK_LEEWAY_MS = 60_000;

/** The patient signs: treatment, this counterparty, some categories, thirty days. */
export const consent: Step = {
  name: 'consent',
  titleOf: () => `She consents: treatment, ${String(DAYS)} days`,
  run: async (stage, plot) => {
    const { custodian, counterparty } = stage.cast;
    const client = stage.clientOf(custodian);
    const now = Date.now();
    const validity = { from: formatInstant(now - CLOCK_LEEWAY_MS), until: formatInstant(now + DAYS * 86_400_000) };
    const permit = { decision: 'permit' as const, categories: plot.categories, purposes: ['TREAT' as const] };
    const recipients = await findRecipients(client, [custodian, counterparty]);
    const wish = { sets: [{ base: 'deny' as const, exceptions: [permit] }], validity };
    const { wallet, request } = await signConsent(plot.wallet, plot.relationRef, wish, recipients);
    await stage.saveWallet(wallet);
    const answer = await untilKnown(() => client.post<Answers['consent']>('/api/consents', request));
    assertHolds(answer.version === 2, 'the consent is recorded as the second version');
    return {
      plot: { ...plot, wallet },
      transactions: [answer.transactionId],
      findings: {
        consentVersion: answer.version,
        categories: plot.categories,
        purposes: ['TREAT'],
        validity,
        counterparty: counterparty.mspId,
      },
      remarks: [`for ${counterparty.title}: ${plot.categories.join(', ')}; until ${validity.until.slice(0, 10)}`],
    };
  },
};
