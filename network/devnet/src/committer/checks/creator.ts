import type { Check } from '../draft';
import { CODE } from '../validation-code';

/** The creator is an identity of the channel, and signed the payload: else 4. devnet.md g.1 [S msgvalidation.go, checkSignatureFromCreator]. */
export const isSignedByCreator: Check = (draft, { view }) => {
  const creator = view.channel.msps.identify(draft.signer.creator);
  const isSigned = !('problem' in creator) && creator.verify(draft.envelope.payload, draft.envelope.signature);
  return isSigned ? undefined : { code: CODE.badCreatorSignature };
};
