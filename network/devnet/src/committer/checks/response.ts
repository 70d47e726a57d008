import { readRwSet } from '../../proto/rwset';
import { readChaincodeAction, readHeaderExtension, readResponsePayload } from '../../proto/transactions';
import { attempt } from '../../proto/wire';
import type { Check } from '../draft';
import { CODE } from '../validation-code';

/** The header's extension decodes (19) and names a chaincode (255, judged after the results). devnet.md g.1 [S plugindispatcher/dispatcher.go]. */
export const opensExtension: Check = (draft) => {
  const found = attempt(() => ({ chaincode: readHeaderExtension(draft.header.extension) }));
  if (found === undefined) return { code: CODE.badHeaderExtension };
  draft.chaincode = found.chaincode ?? MISSING;
  return undefined;
};

/** The chaincode's action decodes: else 21. devnet.md g.1 [S protoutil.GetActionFromEnvelope]. */
export const opensResponse: Check = (draft) => {
  const response = attempt(() => readChaincodeAction(readResponsePayload(draft.action.responsePayload).extension));
  if (response === undefined) return { code: CODE.badResponsePayload };
  draft.response = response;
  return undefined;
};

/** The results are a read-write set: else 22. devnet.md g.1 [S rwsetutil.TxRwSet.FromProtoBytes]. */
export const opensResults: Check = (draft) => {
  const rwset = attempt(() => readRwSet(draft.response.results));
  if (rwset === undefined) return { code: CODE.badRwSet };
  draft.rwset = rwset;
  return undefined;
};

/** Header and action name a chaincode: else 255. */
export const namesChaincode: Check = (draft) =>
  draft.chaincode === MISSING || draft.response.chaincode === undefined ? { code: CODE.invalidOtherReason } : undefined;

const MISSING = { name: '', version: '' };
