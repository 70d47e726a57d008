/**
 * Fabric's blocks for those who run no devnet: reading them, and the rules that prove them. `@medaccord/devnet/blocks` starts nothing
 * and opens no database.
 */
export {
  METADATA,
  blockDataHash,
  blockHeaderHash,
  blockHeaderBytes,
  readBlock,
  withMetadata,
  writeBlock,
  type Block,
} from './proto/blocks';
export {
  HEADER_TYPE,
  readChannelHeader,
  readEnvelope,
  readPayload,
  readSerializedIdentity,
  readSignatureHeader,
  writeEnvelope,
  writePayload,
  writeSerializedIdentity,
  writeSignatureHeader,
  type Envelope,
} from './proto/envelopes';
export { MalformedMessage, attempt, decode } from './proto/wire';
export { asBytes, concat, equalBytes, hex, sha256 } from './proto/bytes';
export { signLowS } from './proto/signatures';
export type { Identity, MspRegistry, SignedData } from './msp/identity';
export { MspRefused } from './msp/msp-refused';
export type { PolicyVerdict } from './policy/policy';
export type { Channel } from './config/channel';
export { ConfigRefused } from './config/config-refused';
export { parseChannel } from './config/parse-channel';
export { blockQuorum } from './genesis/config-groups';
export { newChannelHeader } from './genesis/config-envelope';
export { findConfigProblem } from './orderer/process-config-update';
export { BlockRefused } from './committer/block-refused';
export { CODE } from './committer/validation-code';
export { ChainState, type Outcome } from './ledger/chain-state';
export { replay, asOrdered, type Replay } from './ledger/replay';
export { digestBlock, type BlockDigest, type TransactionDigest } from './services/block-digest';
export { answerEvents } from './services/chaincode-events';
export { newFilteredBlock } from './services/filtered-block';
