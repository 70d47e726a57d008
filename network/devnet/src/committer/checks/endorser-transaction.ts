import { equalBytes } from '../../proto/bytes';
import { readSignatureHeader } from '../../proto/envelopes';
import { proposalHash, readActionPayload, readResponsePayload, readTransaction, type TransactionAction } from '../../proto/transactions';
import { attempt } from '../../proto/wire';
import type { Check, Draft } from '../draft';
import { CODE } from '../validation-code';

/**
 * One action, whose header names a nonce and a creator, and whose endorsers saw this very proposal: else 5.
 * devnet.md g.1 [S msgvalidation.go, validateEndorserTransaction].
 */
export const isEndorserTransaction: Check = (draft) => {
  const action = attempt(() => readOnlyAction(draft));
  if (action === undefined) return { code: CODE.invalidEndorserTransaction };
  draft.action = action;
  return undefined;
};

function readOnlyAction(draft: Draft): TransactionAction | undefined {
  const [only, ...more] = readTransaction(draft.payload.data);
  if (only === undefined || more.length > 0) return undefined;
  const signer = readSignatureHeader(only.header);
  const opened = readActionPayload(only.payload);
  if (signer.nonce.length === 0 || signer.creator.length === 0 || opened === undefined) return undefined;
  const expected = proposalHash(draft.payload.channelHeader, only.header, opened.proposalPayload);
  if (!equalBytes(expected, readResponsePayload(opened.responsePayload).proposalHash)) return undefined;
  return { header: only.header, ...opened };
}
