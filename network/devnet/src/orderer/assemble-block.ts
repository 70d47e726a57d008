import { common } from '@hyperledger/fabric-protos';
import type { Signer } from '../genesis/config-envelope';
import { newNonce } from '../genesis/config-envelope';
import { EMPTY, concat } from '../proto/bytes';
import { blockDataHash, blockHeaderBytes, writeBlock } from '../proto/blocks';
import { decode } from '../proto/wire';

/** An orderer of the channel, with its number in the configuration value Orderers. */
export interface Consenter {
  readonly id: number;
  readonly signer: Signer;
}

export interface NextBlock {
  readonly number: number;
  readonly previousHash: Uint8Array;
  /** Number of the newest configuration block; this one, if it is one. */
  readonly lastConfig: number;
  /** Serialized common.Envelope each. */
  readonly items: readonly Uint8Array[];
}

/**
 * Serialized common.Block, signed by the consenters as BFT ordering does: metadata 0 holds OrdererBlockMetadata and one signature per consenter
 * over value, identifier header and block header (orderer/consensus/smartbft/assembler.go, verifier.go).
 */
export function assembleBlock(next: NextBlock, consenters: readonly Consenter[]): Uint8Array {
  const dataHash = blockDataHash(next.items);
  const header = blockHeaderBytes({ number: next.number, previousHash: next.previousHash, dataHash });
  const signatures = new common.Metadata();
  const value = newOrdererMetadata(next);
  signatures.setValue(value);
  for (const { id, signer } of consenters) {
    const identifier = newIdentifierHeader(id);
    const signature = signatures.addSignatures(new common.MetadataSignature());
    signature.setIdentifierHeader(identifier);
    signature.setSignature(signer.sign(concat(value, identifier, header)));
  }
  const metadata = [signatures.serializeBinary(), EMPTY, EMPTY, EMPTY, EMPTY];
  return writeBlock({ number: next.number, previousHash: next.previousHash, dataHash, items: next.items, metadata });
}

/** Number of the newest configuration block as a block's signatures metadata names it. @throws MalformedMessage */
export function readLastConfig(signaturesMetadata: Uint8Array): number {
  const value = decode(common.Metadata, signaturesMetadata).getValue_asU8();
  return decode(common.OrdererBlockMetadata, value).getLastConfig()?.getIndex() ?? 0;
}

function newOrdererMetadata({ number, lastConfig }: NextBlock): Uint8Array {
  const config = new common.LastConfig();
  config.setIndex(lastConfig);
  const message = new common.OrdererBlockMetadata();
  message.setLastConfig(config);
  message.setConsenterMetadata(newViewMetadata(number));
  return message.serializeBinary();
}

/** smartbftprotos.ViewMetadata { latest_sequence = 2, decisions_in_view = 3 } of a view that never changed. */
function newViewMetadata(number: number): Uint8Array {
  const decisions = number - 1;
  return Uint8Array.from([0x10, ...varint(number), ...(decisions === 0 ? [] : [0x18, ...varint(decisions)])]);
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

function newIdentifierHeader(id: number): Uint8Array {
  const header = new common.IdentifierHeader();
  header.setIdentifier(id);
  header.setNonce(newNonce());
  return header.serializeBinary();
}
