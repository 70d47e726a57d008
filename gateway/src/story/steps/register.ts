import type { MspId } from '@medaccord/chaincode/model';
import { registerPatient } from '../../wallet';
import type { Answers } from '../answers';
import { readPatientDetails } from '../patient-details';
import { assertHolds } from '../story-error';
import type { Step } from '../step';

/** Keys are made on the patient's side; her pseudonym and public keys go on the ledger, her identity stays sealed at the custodian. */
export const register: Step = {
  name: 'register',
  titleOf: ({ custodian }) => `A patient registers at ${custodian.title}`,
  run: async (stage, plot) => {
    const { custodian } = stage.cast;
    const { wallet, subjectRef, registration } = await registerPatient(plot.wallet, custodian.mspId as MspId);
    await stage.saveWallet(wallet);
    const body = { registration, details: readPatientDetails(stage.bundle) };
    const token = await stage.tokenOf(custodian, 'registrar');
    const answer = await stage.clientOf(custodian).post<Answers['patient']>('/api/patients', body, { token });
    assertHolds(answer.subjectRef === subjectRef, 'the patient is registered under the pseudonym that her wallet made');
    return {
      plot: { ...plot, wallet, subjectRef },
      transactions: [answer.transactionId],
      findings: { subjectRef },
      remarks: [`pseudonym ${subjectRef}; the keys never leave the wallet`],
    };
  },
};
