import type { Check } from '../draft';
import { CODE } from '../validation-code';

/** The transaction is for this channel: else 14. devnet.md g.1 [S validator.go, validateTx]. */
export const isForThisChannel: Check = ({ header }, { view }) =>
  header.channelId === view.channel.id ? undefined : { code: CODE.targetChainNotFound };

/** A configuration transaction carries something: else 6. [S msgvalidation.go, validateConfigTransaction]. */
export const hasConfiguration: Check = ({ payload }) => (payload.data.length === 0 ? { code: CODE.invalidConfigTransaction } : undefined);

/** Only types 1 and 3 have a meaning in a block: else 7. devnet.md g.1 [S msgvalidation.go, ValidateTransaction]. */
export const isUnsupported: Check = () => ({ code: CODE.unsupportedTxPayload });
