import { common } from '@hyperledger/fabric-protos';
import {
  HEADER_TYPE,
  METADATA,
  attempt,
  decode,
  readBlock,
  readChannelHeader,
  readEnvelope,
  readPayload,
  type Block,
} from '@medaccord/devnet/blocks';

/** A signature of an orderer, as it stands in a block. */
export interface BlockSignature {
  /** Serialized common.SignatureHeader; empty where an orderer is named by its number. */
  readonly signatureHeader: Uint8Array;
  /** Serialized common.IdentifierHeader; empty outside BFT ordering. */
  readonly identifierHeader: Uint8Array;
  readonly signature: Uint8Array;
}

/** A block with the parts opened that the proofs look at. */
export interface OpenedBlock extends Block {
  /** Channel that the first transaction names; undefined where it cannot be read. */
  readonly channelId: string | undefined;
  /** The configuration transaction (serialized common.Envelope) of a configuration block. */
  readonly configItem: Uint8Array | undefined;
  /** What the orderers' signatures cover beside the header; undefined where it cannot be read. */
  readonly signed: { readonly value: Uint8Array; readonly signatures: readonly BlockSignature[] } | undefined;
  /** The configuration block under which it was made, by each place that names it. */
  readonly lastConfigs: readonly number[];
  /** One code per transaction, by the peer; empty where no peer validated the block. */
  readonly codes: Uint8Array;
  readonly commitHash: Uint8Array | undefined;
}

const NOTHING = new Uint8Array(0);

/** @throws MalformedMessage for bytes that are no common.Block */
export function openBlock(bytes: Uint8Array): OpenedBlock {
  const block = readBlock(bytes);
  const header = attempt(() => readFirstHeader(block));
  const signed = attempt(() => readSigned(block.metadata[METADATA.signatures] ?? NOTHING));
  return {
    ...block,
    channelId: header?.channelId,
    configItem: header?.type === HEADER_TYPE.config ? block.items[0] : undefined,
    signed,
    lastConfigs: attempt(() => readLastConfigs(block, signed?.value ?? NOTHING)) ?? [],
    codes: block.metadata[METADATA.transactionsFilter] ?? NOTHING,
    commitHash: attempt(() => readValue(block.metadata[METADATA.commitHash] ?? NOTHING)),
  };
}

function readFirstHeader({ items }: Block): { readonly channelId: string; readonly type: number } | undefined {
  const [first] = items;
  return first && readChannelHeader(readPayload(readEnvelope(first).payload).channelHeader);
}

function readSigned(metadata: Uint8Array): NonNullable<OpenedBlock['signed']> {
  const message = decode(common.Metadata, metadata);
  const signatures = message.getSignaturesList().map((signature) => ({
    signatureHeader: signature.getSignatureHeader_asU8(),
    identifierHeader: signature.getIdentifierHeader_asU8(),
    signature: signature.getSignature_asU8(),
  }));
  return { value: message.getValue_asU8(), signatures };
}

/** In the value that the orderers sign, and in a place of its own where ordering fills it (protoutil/blockutils.go, GetLastConfigIndexFromBlock). */
function readLastConfigs(block: Block, signedValue: Uint8Array): readonly number[] {
  const signed = signedValue.length === 0 ? undefined : decode(common.OrdererBlockMetadata, signedValue, { messages: { 1: {} } });
  const own = readValue(block.metadata[METADATA.lastConfig] ?? NOTHING);
  return [
    ...(signed === undefined ? [] : [signed.getLastConfig()?.getIndex() ?? 0]),
    ...(own === undefined ? [] : [decode(common.LastConfig, own).getIndex()]),
  ];
}

function readValue(metadata: Uint8Array): Uint8Array | undefined {
  return metadata.length === 0 ? undefined : decode(common.Metadata, metadata).getValue_asU8();
}
