import { submitBill, totalsOf } from '../bill';
import { findBill } from '../find-bill';
import { assertHolds } from '../story-error';
import { takeOutCover } from '../take-out-cover';
import type { Step } from '../step';

/** The hospital bills the imported encounter to the patient's insurer; its plan decides, and her wallet works it out again. */
export const claim: Step = {
  name: 'claim',
  titleOf: ({ custodian, outsider }) => `${custodian.title} bills ${outsider.title}; its plan pays`,
  run: async (stage, plot) => {
    const { wallet, relationRef, coverageId, planTitle, transactions } = await takeOutCover(stage, plot);
    const bill = findBill(stage.bundle, plot, { relationRef, coverageId });
    const covered = { ...plot, wallet, bill };
    const cover = `she signed the terms of ${planTitle}`;
    if (bill === undefined) {
      const remarks = [cover, 'the bundle has neither a Claim nor an encounter with a code: there is nothing to bill'];
      return { plot: covered, transactions, findings: { relationRef, coverageId, claimId: null }, remarks };
    }
    const { submitted, checked, words } = await submitBill(stage, covered, bill);
    const { newest, status } = checked;
    assertHolds(newest?.document.manner === 'rule' && newest.verdict === 'agrees', "the plan's rule decided, and her wallet gets the same");
    return {
      plot: covered,
      transactions: [...transactions, submitted.transactionId],
      findings: { relationRef, coverageId, claimId: submitted.claimId, status, verdict: newest.verdict, totals: totalsOf(checked) },
      remarks: [cover, ...words],
    };
  },
};
