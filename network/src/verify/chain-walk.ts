import {
  attempt,
  ConfigRefused,
  MspRefused,
  blockDataHash,
  blockHeaderHash,
  blockQuorum,
  equalBytes,
  findConfigProblem,
  hex,
  parseChannel,
  type Channel,
} from '@medaccord/devnet/blocks';
import type { SourcedBlock } from './block-source';
import type { BlockDigest } from './block-digest';
import { checkSignatures } from './check-signatures';
import { newFinding, type Finding, type FindingKind } from './finding';
import { openBlock, type OpenedBlock } from './opened-block';
import { OutcomeProof, type OutcomeFacts } from './outcome-proof';

/** A configuration, and the block that brought it. */
export interface HeldConfiguration {
  readonly block: number;
  readonly channel: Channel;
  /** Serialized common.Envelope. */
  readonly item: Uint8Array;
}

/** What is believed without proof where a walk does not begin with block 0. */
export interface WalkStart {
  readonly from: number;
  /** Of the block before; undefined: it is not there to be looked at. */
  readonly headerHash: Uint8Array | undefined;
  readonly configuration: HeldConfiguration;
}

export interface WalkOptions {
  /** Judges every transaction by the rules. */
  readonly replay: boolean;
  /** Keeps what another copy can be compared with: some hundred bytes a block. */
  readonly keepDigests: boolean;
  /** undefined: the walk begins with block 0. */
  readonly start?: WalkStart | undefined;
  readonly onFinding: (finding: Finding) => void;
}

/** A configuration that was followed. */
export interface FollowedConfiguration {
  readonly block: number;
  readonly sequence: number;
  readonly consensus: string;
  readonly orderers: number;
  /** How many orderers have to sign a block; undefined outside BFT ordering, where a policy alone says it. */
  readonly quorum: number | undefined;
}

export interface WalkFacts extends OutcomeFacts {
  readonly channel: string | undefined;
  readonly blocks: number;
  readonly transactions: number;
  readonly signatures: number;
  readonly configurations: readonly FollowedConfiguration[];
  /** Blocks whose signatures could not be judged, from and to. */
  readonly unjudged: readonly (readonly [number, number])[];
  readonly first: BlockDigest | undefined;
  readonly last: BlockDigest | undefined;
}

/**
 * Proves the blocks of a channel one after another. What a defect makes unknowable is not looked at after it, so that one defect is one finding
 * and not thousands: the header of a block that is gone, the configuration that it may have brought, the state after it.
 */
export class ChainWalk {
  readonly digests: BlockDigest[] = [];
  readonly #options: WalkOptions;
  readonly #outcomes: OutcomeProof;
  readonly #configurations: FollowedConfiguration[] = [];
  readonly #unjudged: [number, number][] = [];
  #next: number;
  /** Of the block before, where its header stands. */
  #headerHash: Uint8Array | undefined;
  #configuration: HeldConfiguration | undefined;
  /** The first number of those blocks that are gone since the newest configuration: one of them may have brought another. */
  #goneFrom: number | undefined;
  #channelId: string | undefined;
  #first: BlockDigest | undefined;
  #last: BlockDigest | undefined;
  #blocks = 0;
  #transactions = 0;
  #signatures = 0;
  #findings = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
    const { start, replay } = options;
    this.#outcomes = new OutcomeProof(replay);
    this.#next = start?.from ?? 0;
    this.#headerHash = start === undefined ? new Uint8Array(0) : start.headerHash;
    if (start === undefined) return;
    this.#hold(start.configuration);
    this.#channelId = start.configuration.channel.id;
    this.#outcomes.stop(`what blocks lead to is only proved from block 0 on, and this began with block ${start.from}`);
  }

  get facts(): WalkFacts {
    return {
      channel: this.#channelId,
      blocks: this.#blocks,
      transactions: this.#transactions,
      signatures: this.#signatures,
      configurations: this.#configurations,
      unjudged: this.#unjudged,
      first: this.#first,
      last: this.#last,
      ...this.#outcomes.facts,
    };
  }

  take({ number, bytes }: SourcedBlock): void {
    if (number > this.#next) this.#missAll(number);
    this.#next = number + 1;
    const block = attempt(() => openBlock(bytes));
    if (block === undefined) this.#lose(number, 'unreadable-block', 'it cannot be decoded as a block');
    else if (block.number !== number) this.#lose(number, 'block-number', `its header has number ${block.number}`);
    else this.#prove(block);
  }

  #prove(block: OpenedBlock): void {
    const before = this.#findings;
    this.#checkLink(block);
    const isWhole = this.#checkData(block);
    const isSigned = this.#checkSignatures(block);
    this.#checkLastConfig(block);
    if (isWhole) {
      this.#checkConfiguration(block, isSigned);
      for (const finding of this.#outcomes.take(block)) this.#tell(finding);
    }
    this.#count(newDigest(block, isSigned && this.#findings === before), block.items.length);
  }

  #count(digest: BlockDigest, transactions: number): void {
    this.#blocks += 1;
    this.#transactions += transactions;
    this.#first ??= digest;
    this.#last = digest;
    if (this.#options.keepDigests) this.digests.push(digest);
  }

  /** A header that no quorum signed says nothing about the block after it. */
  #checkLink(block: OpenedBlock): void {
    if (this.#headerHash !== undefined && !equalBytes(block.previousHash, this.#headerHash)) {
      const what = block.number === 0 ? 'its header names a block before it' : 'its header does not name the block before it';
      this.#tell(newFinding(block.number, 'previous-hash', what));
    }
    this.#headerHash = blockHeaderHash(block);
  }

  #checkData(block: OpenedBlock): boolean {
    const { number, items, dataHash, channelId } = block;
    this.#channelId ??= channelId;
    if (items.length === 0 || !equalBytes(dataHash, blockDataHash(items))) {
      this.#tell(
        newFinding(number, 'data-hash', items.length === 0 ? 'it has no transactions' : 'its transactions are not those of its header'),
      );
      this.#outcomes.stop(`the transactions of block ${number} are not those that were ordered`);
      this.#gone(number);
      return false;
    }
    if (channelId !== undefined && channelId !== this.#channelId)
      this.#tell(newFinding(number, 'channel', `it belongs to channel ${channelId}, and the chain to ${this.#channelId ?? ''}`));
    return true;
  }

  /** Whether a quorum stands behind the block. Nobody signs block 0: it is what the members agreed on before there was a channel. */
  #checkSignatures(block: OpenedBlock): boolean {
    if (block.number === 0) return true;
    const configuration = this.#configurationOf(block);
    if (configuration === undefined) {
      const last = this.#unjudged.at(-1);
      if (last?.[1] === block.number - 1) last[1] = block.number;
      else this.#unjudged.push([block.number, block.number]);
      return false;
    }
    const { signers, finding } = checkSignatures(block, configuration.channel);
    this.#signatures += signers;
    if (finding === undefined) return true;
    this.#tell(finding);
    if (finding.kind === 'quorum') this.#headerHash = undefined;
    return finding.kind !== 'quorum';
  }

  /** undefined: a block that is gone may have brought the configuration under which this one was made. */
  #configurationOf(block: OpenedBlock): HeldConfiguration | undefined {
    const pointer = block.lastConfigs[0];
    const isOfGone = this.#goneFrom !== undefined && pointer !== undefined && pointer >= this.#goneFrom && pointer < block.number;
    if (isOfGone) this.#configuration = undefined;
    return this.#configuration;
  }

  #checkLastConfig(block: OpenedBlock): void {
    if (this.#configuration === undefined && block.configItem === undefined && block.number > 0) return;
    const expected = block.configItem === undefined ? this.#configuration?.block : block.number;
    const wrong = block.lastConfigs.filter((pointer) => pointer !== expected);
    if (block.lastConfigs.length > 0 && wrong.length === 0) return;
    const named = wrong.length === 0 ? 'it names no configuration' : `it names block ${wrong.join(' and ')} as its configuration`;
    this.#tell(newFinding(block.number, 'last-config', `${named}, and the newest is that of block ${expected ?? 'none'}`));
  }

  #checkConfiguration({ number, items, configItem: item }: OpenedBlock, isSigned: boolean): void {
    if (item === undefined) {
      if (number === 0) this.#tell(newFinding(number, 'configuration', 'the first block is no configuration'));
      return;
    }
    if (items.length > 1) this.#tell(newFinding(number, 'configuration', 'it does not stand alone in its block'));
    // A configuration that no quorum is known to have signed is not believed: then nothing is known of who may sign after it.
    if (isSigned) this.#follow(number, item);
    else this.#gone(number);
  }

  #follow(number: number, item: Uint8Array): void {
    const held = number === 0 ? undefined : this.#configuration;
    const problem = held && findConfigProblem(item, { channel: held.channel, configEnvelope: held.item });
    if (problem !== undefined) this.#tell(newFinding(number, 'configuration', problem));
    try {
      this.#hold({ block: number, channel: parseChannel(item), item });
    } catch (error) {
      if (!(error instanceof ConfigRefused || error instanceof MspRefused)) throw error;
      this.#tell(newFinding(number, 'configuration', error.message));
      this.#gone(number);
    }
  }

  #hold(configuration: HeldConfiguration): void {
    const { channel, block } = configuration;
    const orderers = channel.consenters.length;
    this.#configuration = configuration;
    this.#goneFrom = undefined;
    const quorum = channel.consensus === 'BFT' ? blockQuorum(orderers) : undefined;
    this.#configurations.push({ block, sequence: channel.sequence, consensus: channel.consensus, orderers, quorum });
  }

  #missAll(until: number): void {
    const [first, last] = [this.#next, until - 1];
    this.#lose(first, 'missing-block', first === last ? 'it is missing' : `it is missing, and so are all up to block ${last}`);
  }

  #lose(number: number, kind: FindingKind, what: string): void {
    this.#tell(newFinding(number, kind, what));
    this.#outcomes.stop(`block ${number} is not there`);
    this.#headerHash = undefined;
    this.#gone(number);
  }

  #gone(number: number): void {
    this.#goneFrom ??= number;
  }

  #tell(finding: Finding): void {
    this.#findings += 1;
    this.#options.onFinding(finding);
  }
}

function newDigest(block: OpenedBlock, isProved: boolean): BlockDigest {
  const { number, items, codes, commitHash } = block;
  const hash = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined || bytes.length === 0 ? undefined : hex(bytes));
  return {
    number,
    header: hex(blockHeaderHash(block)),
    data: hex(blockDataHash(items)),
    codes: hash(codes),
    commitHash: hash(commitHash),
    isProved,
  };
}
