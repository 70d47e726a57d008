import { revokeConsent } from '../../wallet';
import type { Answers } from '../answers';
import { assertRefused, requestAccess, untilKnown } from '../request-access';
import { assertHolds } from '../story-error';
import type { Step } from '../step';

/** The patient revokes; the very next request is refused. */
export const revoke: Step = {
  name: 'revoke',
  titleOf: ({ counterparty }) => `She revokes; ${counterparty.title} is refused`,
  run: async (stage, plot) => {
    const { custodian, counterparty } = stage.cast;
    const { wallet, request } = await revokeConsent(plot.wallet, plot.relationRef);
    await stage.saveWallet(wallet);
    const answer = await untilKnown(() => stage.clientOf(custodian).post<Answers['consent']>('/api/consents', request));
    const acknowledgedAt = performance.now();
    assertHolds(answer.version === 3, 'the revocation is recorded as the third version');
    const made = await requestAccess(stage, plot, counterparty);
    const msToRefusal = Math.round(performance.now() - acknowledgedAt);
    assertRefused(made);
    return {
      plot: { ...plot, wallet, requests: [...plot.requests, made] },
      transactions: [answer.transactionId, ...made.transactions],
      findings: { consentVersion: answer.version, requestId: made.requestId, refusal: { code: made.refusalCode }, msToRefusal },
      remarks: [`${made.refusalCode ?? ''} ${String(msToRefusal)} ms after the acknowledged revocation`],
    };
  },
};
