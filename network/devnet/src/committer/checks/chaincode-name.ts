import { readChaincodeEvent } from '../../proto/transactions';
import { attempt } from '../../proto/wire';
import type { Check } from '../draft';
import { CODE } from '../validation-code';

/** Header and action name the same chaincode, with a version: else 25. devnet.md g.1 [S plugindispatcher/dispatcher.go]. */
export const agreesOnChaincode: Check = ({ chaincode, response }) => {
  const { name, version } = response.chaincode ?? { name: '', version: '' };
  return chaincode.name === '' || chaincode.name !== name || version === '' ? { code: CODE.invalidChaincode } : undefined;
};

/** An event decodes and is of the invoked chaincode: else 255. devnet.md g.1 [S plugindispatcher/dispatcher.go]. */
export const hasOwnEvent: Check = ({ chaincode, response }) => {
  if (response.events.length === 0) return undefined;
  const event = attempt(() => readChaincodeEvent(response.events));
  return event?.chaincode === chaincode.name ? undefined : { code: CODE.invalidOtherReason };
};

/** Each namespace occurs once: else 23. devnet.md g.1 [S plugindispatcher/dispatcher.go]. */
export const namesNamespacesOnce: Check = ({ rwset }) =>
  new Set(rwset.map(({ namespace }) => namespace)).size === rwset.length ? undefined : { code: CODE.illegalWriteSet };
