import { HEADER_TYPE, readChannelHeader, readSignatureHeader } from '../../proto/envelopes';
import { attempt } from '../../proto/wire';
import type { Check } from '../draft';
import { CODE } from '../validation-code';

const TYPES: readonly number[] = [HEADER_TYPE.config, HEADER_TYPE.configUpdate, HEADER_TYPE.endorserTransaction];

/** Both headers decode; type 1, 2 or 3, epoch 0, a nonce and a creator: else 3. devnet.md g.1 [S msgvalidation.go, validateCommonHeader]. */
export const hasHeaders: Check = (draft) => {
  const { channelHeader, signatureHeader, hasHeader } = draft.payload;
  const header = attempt(() => readChannelHeader(channelHeader));
  const signer = attempt(() => readSignatureHeader(signatureHeader));
  if (!hasHeader || header === undefined || signer === undefined) return { code: CODE.badCommonHeader };
  if (!TYPES.includes(header.type) || header.epoch !== 0) return { code: CODE.badCommonHeader };
  if (signer.nonce.length === 0 || signer.creator.length === 0) return { code: CODE.badCommonHeader };
  draft.header = header;
  draft.signer = signer;
  return undefined;
};
