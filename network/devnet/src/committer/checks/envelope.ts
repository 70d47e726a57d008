import { readEnvelope, readPayload } from '../../proto/envelopes';
import { attempt } from '../../proto/wire';
import type { Check } from '../draft';
import { CODE } from '../validation-code';

/** The item is an envelope: else 255. devnet.md g.1 [S validator.go, validateTx]. */
export const opensEnvelope: Check = (draft) => {
  const envelope = attempt(() => readEnvelope(draft.item));
  if (envelope === undefined) return { code: CODE.invalidOtherReason };
  draft.envelope = envelope;
  return undefined;
};

/** The envelope's payload decodes: else 2. devnet.md g.1 [S msgvalidation.go, ValidateTransaction]. */
export const opensPayload: Check = (draft) => {
  const payload = attempt(() => readPayload(draft.envelope.payload));
  if (payload === undefined) return { code: CODE.badPayload };
  draft.payload = payload;
  return undefined;
};
