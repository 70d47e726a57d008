import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { asOrdered } from '../../src/ledger/replay';
import { METADATA, readBlock } from '../../src/proto/blocks';
import { EMPTY, asBytes, hex } from '../../src/proto/bytes';

const FOLDER = join(__dirname, '../data/fabric-golden/blocks');

/** One block of the recording: as the peer kept it, as the orderers made it, and what the peer said of it. */
export interface RecordedBlock {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly ordered: Uint8Array;
  readonly codes: readonly number[];
  /** Hex; empty for block 0. */
  readonly commitHash: string;
}

/** All blocks of the recording, in order; a file that is no block or out of place throws. */
export function readRecordedBlocks(): readonly RecordedBlock[] {
  return readdirSync(FOLDER)
    .sort()
    .map((file, index) => {
      const bytes = asBytes(readFileSync(join(FOLDER, file)));
      const block = readBlock(bytes);
      if (file !== `${String(index).padStart(6, '0')}.block` || block.number !== index) throw new Error(`${file} is out of place`);
      const metadata = block.metadata[METADATA.commitHash] ?? EMPTY;
      return {
        number: index,
        bytes,
        ordered: asOrdered(bytes),
        codes: [...(block.metadata[METADATA.transactionsFilter] ?? EMPTY)],
        commitHash: hex(common.Metadata.deserializeBinary(metadata).getValue_asU8()),
      };
    });
}
