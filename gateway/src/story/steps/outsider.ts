import { assertRefused, requestAccess } from '../request-access';
import type { Step } from '../step';

/** A member without a relation asks for the same and is refused, where the patient will see it. */
export const outsider: Step = {
  name: 'outsider',
  titleOf: ({ outsider: member }) => `${member.title} asks for the same and is refused`,
  run: async (stage, plot) => {
    const made = await requestAccess(stage, plot, stage.cast.outsider);
    assertRefused(made);
    return {
      plot: { ...plot, requests: [...plot.requests, made] },
      transactions: made.transactions,
      findings: { requestId: made.requestId, refusal: { code: made.refusalCode }, by: made.mspId },
      remarks: [`${made.refusalCode ?? ''}: no relation of hers; the attempt is on the ledger`],
    };
  },
};
