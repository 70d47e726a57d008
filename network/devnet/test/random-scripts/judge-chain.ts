import { common } from '@hyperledger/fabric-protos';
import { ChainState } from '../../src/ledger/chain-state';
import { METADATA, readBlock } from '../../src/proto/blocks';
import { EMPTY, hex } from '../../src/proto/bytes';
import type { ScriptLedger } from './script-ledger';

/** A block whose peer came to other codes or another state than the devnet's rules do. */
export interface Misjudged {
  readonly block: number;
  readonly codes: { readonly peer: readonly number[]; readonly rules: readonly number[] };
  readonly commitHash: { readonly peer: string; readonly rules: string };
  readonly explanations: readonly string[];
}

/** Judges the whole chain of a ledger again by the devnet's rules. Returns the first block that comes out otherwise. */
export async function judgeChain(ledger: ScriptLedger): Promise<{ readonly blocks: number; readonly misjudged: Misjudged | undefined }> {
  const { height } = ledger.watch;
  const [mspId = ''] = ledger.mspIds;
  const blocks = await ledger.network(mspId).getBlockEvents({ startBlock: 0n });
  let state: ChainState | undefined;
  let count = 0;
  try {
    for await (const message of blocks) {
      const block = readBlock(message.serializeBinary());
      count++;
      if (state === undefined) state = new ChainState(block);
      else {
        const misjudged = judge(state, block);
        if (misjudged !== undefined) return { blocks: count, misjudged };
      }
      if (count === height) break;
    }
  } finally {
    blocks.close();
  }
  return { blocks: count, misjudged: undefined };
}

function judge(state: ChainState, block: ReturnType<typeof readBlock>): Misjudged | undefined {
  const outcome = state.judge(block);
  outcome.keep();
  const codes = { peer: [...(block.metadata[METADATA.transactionsFilter] ?? EMPTY)], rules: outcome.codes };
  const peerHash = common.Metadata.deserializeBinary(block.metadata[METADATA.commitHash] ?? EMPTY).getValue_asU8();
  const commitHash = { peer: hex(peerHash), rules: hex(outcome.commitHash ?? EMPTY) };
  if (codes.peer.join() === codes.rules.join() && commitHash.peer === commitHash.rules) return undefined;
  return { block: block.number, codes, commitHash, explanations: [...outcome.explanations.values()] };
}
