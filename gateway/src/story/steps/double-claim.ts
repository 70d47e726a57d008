import { submitBill, totalsOf } from '../bill';
import { assertHolds } from '../story-error';
import type { Step } from '../step';

const fates = {
  queued: 'it waits for a person',
  partial: 'part of it waits for a person',
  complete: 'it is decided without another payment',
} as const;

/** The hospital bills the same service once more: the ledger marks it, and the plan says what becomes of it. */
export const doubleClaim: Step = {
  name: 'double-claim',
  titleOf: ({ custodian }) => `${custodian.title} bills the same once more and is caught`,
  run: async (stage, plot) => {
    if (plot.bill === undefined) return { plot, transactions: [], findings: { claimId: null }, remarks: ['nothing was billed'] };
    const { submitted, checked } = await submitBill(stage, plot, plot.bill);
    const { claimId, duplicates, transactionId } = submitted;
    const { newest, status } = checked;
    assertHolds(duplicates.length > 0, 'what was billed before is marked in the header of the claim');
    assertHolds(newest?.verdict === 'agrees' && totalsOf(checked)?.benefit === 0, 'nothing is paid twice');
    return {
      plot,
      transactions: [transactionId],
      findings: { claimId, duplicates: duplicates.length, status, verdict: newest.verdict },
      remarks: [
        `${String(duplicates.length)} of its lines marked on the ledger as billed before, by tags that tell nobody what was done`,
        status in fates ? fates[status as keyof typeof fates] : status,
      ],
    };
  },
};
