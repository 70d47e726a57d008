import type { SignedData } from '../msp/identity';
import { EMPTY, concat } from '../proto/bytes';
import type { ChannelHeader, Envelope, Payload, SignatureHeader } from '../proto/envelopes';
import type { NamespaceRwSet } from '../proto/rwset';
import type { ChaincodeAction, ChaincodeId, TransactionAction } from '../proto/transactions';
import type { BlockView } from './block-view';
import type { Evidence } from './evidence';
import type { MetadataWrites } from './metadata-writes';
import { CODE, type ValidationCode } from './validation-code';

/** A transaction on its way through the checks: each check opens the next part for those after it. */
export interface Draft {
  readonly index: number;
  readonly item: Uint8Array;
  code: ValidationCode;
  evidence: Evidence | undefined;
  envelope: Envelope;
  payload: Payload;
  header: ChannelHeader;
  signer: SignatureHeader;
  action: TransactionAction;
  response: ChaincodeAction;
  /** The chaincode that the header names. */
  chaincode: ChaincodeId;
  rwset: readonly NamespaceRwSet[];
}

/** What a check may look at besides its transaction. */
export interface CheckContext {
  readonly view: BlockView;
  readonly metadataWrites: MetadataWrites;
}

export interface Refusal {
  readonly code: ValidationCode;
  readonly evidence?: Evidence;
}

/** One rule: opens a part of the draft, or refuses the transaction. */
export type Check = (draft: Draft, context: CheckContext) => Refusal | undefined;

export function newDraft(item: Uint8Array, index: number): Draft {
  return {
    index,
    item,
    code: CODE.valid,
    evidence: undefined,
    envelope: { payload: EMPTY, signature: EMPTY },
    payload: { channelHeader: EMPTY, signatureHeader: EMPTY, data: EMPTY, hasHeader: false },
    header: { type: 0, channelId: '', txId: '', epoch: 0, extension: EMPTY, timestamp: undefined },
    signer: { creator: EMPTY, nonce: EMPTY },
    action: { header: EMPTY, proposalPayload: EMPTY, responsePayload: EMPTY, endorsements: [] },
    response: { results: EMPTY, events: EMPTY, response: undefined, chaincode: undefined },
    chaincode: { name: '', version: '' },
    rwset: [],
  };
}

/** The endorsements as claims: each signs the response payload followed by the endorser's own identity. */
export function endorsementsOf(draft: Draft): readonly SignedData[] {
  const { responsePayload, endorsements } = draft.action;
  return endorsements.map(({ endorser, signature }) => ({ identity: endorser, message: concat(responsePayload, endorser), signature }));
}
