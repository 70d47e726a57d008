import { assertRefused, requestAccess } from '../request-access';
import type { Step } from '../step';

/** Asked for without a consent, nothing is released; the refusal is on the ledger. */
export const refuse: Step = {
  name: 'refuse',
  titleOf: ({ counterparty }) => `${counterparty.title} asks and is refused`,
  run: async (stage, plot) => {
    const made = await requestAccess(stage, plot, stage.cast.counterparty);
    assertRefused(made);
    return {
      plot: { ...plot, requests: [...plot.requests, made] },
      transactions: made.transactions,
      findings: { requestId: made.requestId, refusal: { code: made.refusalCode } },
      remarks: [`${made.refusalCode ?? ''}: there is no consent yet`],
    };
  },
};
