import { commitState } from '../committer/commit-block';
import type { BlockView } from '../committer/block-view';
import type { ValidatedBlock } from '../committer/conclude-block';
import { followBlock, validateBlock } from '../committer/validate-block';
import type { Channel } from '../config/channel';
import { parseChannel } from '../config/parse-channel';
import { explainVerdicts } from '../explain/explain-verdicts';
import { writeBlock, type Block } from '../proto/blocks';
import { keys } from '../store/keys';
import { newMemoryStore } from '../store/memory-store';
import { newStateView } from '../store/state-view';
import { VersionedStore } from '../store/versioned-store';
import { Definitions } from './definitions';
import { readExpiring } from './read-expiring';

/** What a block comes to on the state before it. Nothing of it is kept until `keep`. */
export interface Outcome {
  /** Validation codes, one per transaction. */
  readonly codes: readonly number[];
  /** Absent for block 0. */
  readonly commitHash: Uint8Array | undefined;
  /** For people, by index: why transactions are invalid; empty where the codes were taken, not found. */
  readonly explanations: ReadonlyMap<number, string>;
  /** The next block is judged on the state after this one. */
  keep(): void;
}

/**
 * The state that a chain's blocks lead to, in memory, without the blocks: for those who prove a chain rather than serve it. Whether blocks
 * are linked and signed is not looked at here.
 */
export class ChainState {
  readonly #chain = new VersionedStore(newMemoryStore(), 0);
  readonly #definitions = new Definitions();
  #channel: Channel;

  /** @throws ConfigRefused, MspRefused for a block 0 that is no configuration */
  constructor(genesis: Block) {
    this.#channel = parseChannel(writeBlock(genesis));
    this.judge(genesis).keep();
  }

  /** Number of the next block. */
  get height(): number {
    return this.#chain.height;
  }

  get channel(): Channel {
    return this.#channel;
  }

  /** The next block by the rules alone, whatever a peer said of it. @throws BlockRefused, ConfigRefused, MspRefused */
  judge(block: Block): Outcome {
    return this.#look((view) => validateBlock(block, view), block);
  }

  /** The next block with the codes that a peer gave its transactions. @throws BlockRefused, ConfigRefused, MspRefused */
  follow(block: Block, codes: Uint8Array): Outcome {
    return this.#look((view) => followBlock(block, codes, view), block);
  }

  #look(conclude: (view: BlockView) => ValidatedBlock, { previousHash }: Block): Outcome {
    const held = this.#chain.hold(this.height);
    try {
      const validated = conclude(this.#view(newStateView(held, this.height), previousHash));
      return {
        codes: validated.verdicts.map(({ code }) => code),
        commitHash: validated.commitHash,
        explanations: explainVerdicts(validated.verdicts),
        keep: () => {
          this.#keep(validated);
        },
      };
    } finally {
      held.release();
    }
  }

  #keep(validated: ValidatedBlock): void {
    commitState(this.#chain, validated);
    this.#channel = validated.channel ?? this.#channel;
  }

  #view(state: BlockView['state'], headerHash: Uint8Array): BlockView {
    const { store } = this.#chain;
    return {
      channel: this.#channel,
      state,
      commitHash: store.get(keys.single('commitHash')),
      headerHash,
      hasTransaction: (txId) => store.get(keys.transaction(txId)) !== undefined,
      definition: (chaincode) => this.#definitions.find(state, chaincode),
      collection: (chaincode, name) => this.#definitions.findCollection(state, this.#channel, { chaincode, name }),
      expiring: (block) => readExpiring(store, block),
    };
  }
}
