import { transactionId } from '../../proto/transactions';
import type { Check } from '../draft';
import { CODE } from '../validation-code';

/** The id is the hash of nonce and creator: else 8. devnet.md g.1 [S protoutil.CheckTxID]. */
export const hasComputedId: Check = ({ header, signer }) =>
  header.txId === transactionId(signer.nonce, signer.creator) ? undefined : { code: CODE.badProposalTxId };

/** No block holds the id yet, with whatever code: else 9. devnet.md g.1 [S validator.go, checkTxIdDupsLedger]. */
export const isNewId: Check = ({ header }, { view }) => (view.hasTransaction(header.txId) ? { code: CODE.duplicateTxId } : undefined);
