import { common } from '@hyperledger/fabric-protos';
import { EMPTY, concat, fromHex, sha256 } from './bytes';
import { decode } from './wire';

/** Places of common.BlockMetadata (fabric-protos common/common.proto, BlockMetadataIndex). */
export const METADATA = { signatures: 0, lastConfig: 1, transactionsFilter: 2, orderer: 3, commitHash: 4 } as const;
const METADATA_PLACES = 5;

/** A common.Block with its parts as bytes. */
export interface Block {
  readonly number: number;
  readonly previousHash: Uint8Array;
  readonly dataHash: Uint8Array;
  /** Serialized common.Envelope each. */
  readonly items: readonly Uint8Array[];
  /** Five places, see METADATA. */
  readonly metadata: readonly Uint8Array[];
}

/** @throws MalformedMessage */
export function readBlock(bytes: Uint8Array): Block {
  const block = decode(common.Block, bytes, { messages: { 1: {}, 2: {}, 3: {} } });
  const header = block.getHeader() ?? new common.BlockHeader();
  const metadata = block.getMetadata()?.getMetadataList_asU8() ?? [];
  return {
    number: header.getNumber(),
    previousHash: header.getPreviousHash_asU8(),
    dataHash: header.getDataHash_asU8(),
    items: block.getData()?.getDataList_asU8() ?? [],
    metadata: Array.from({ length: Math.max(METADATA_PLACES, metadata.length) }, (_, place) => metadata[place] ?? EMPTY),
  };
}

/** Serialized common.Block. */
export function writeBlock(block: Block): Uint8Array {
  const header = new common.BlockHeader();
  header.setNumber(block.number);
  header.setPreviousHash(block.previousHash);
  header.setDataHash(block.dataHash);
  const data = new common.BlockData();
  data.setDataList([...block.items]);
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList([...block.metadata]);
  const message = new common.Block();
  message.setHeader(header);
  message.setData(data);
  message.setMetadata(metadata);
  return message.serializeBinary();
}

/** The block with one place of its metadata replaced. */
export function withMetadata(block: Block, place: number, content: Uint8Array): Block {
  return { ...block, metadata: block.metadata.map((existing, at) => (at === place ? content : existing)) };
}

/** sha256 of all items, one after another (protoutil/blockutils.go, BlockDataHash). */
export function blockDataHash(items: readonly Uint8Array[]): Uint8Array {
  return sha256(...items);
}

type Header = Pick<Block, 'number' | 'previousHash' | 'dataHash'>;

/** DER: SEQUENCE { INTEGER number, OCTET STRING previous_hash, OCTET STRING data_hash }; orderers sign these bytes. */
export function blockHeaderBytes(header: Header): Uint8Array {
  return tlv(0x30, concat(tlv(0x02, derNumber(header.number)), tlv(0x04, header.previousHash), tlv(0x04, header.dataHash)));
}

/** Hash of a block's header: the previous_hash of the next block. */
export function blockHeaderHash(header: Header): Uint8Array {
  return sha256(blockHeaderBytes(header));
}

function derNumber(value: number): Uint8Array {
  const digits = value.toString(16);
  const bytes = fromHex(digits.length % 2 === 0 ? digits : `0${digits}`);
  return (bytes[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), bytes) : bytes;
}

/** All parts of a header are far below 128 bytes except their sum, which may need the long form. */
function tlv(tag: number, content: Uint8Array): Uint8Array {
  const length = content.length < 0x80 ? Uint8Array.of(content.length) : Uint8Array.of(0x81, content.length);
  return concat(Uint8Array.of(tag), length, content);
}
