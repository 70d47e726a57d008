import { peer } from '@hyperledger/fabric-protos';
import { BlockRefused, ChainState, ConfigRefused, MspRefused, equalBytes, type Outcome } from '@medaccord/devnet/blocks';
import { newFinding, type Finding } from './finding';
import type { OpenedBlock } from './opened-block';
import { transactionIdOf } from './transaction-id-of';

/** What was proved of the outcomes of blocks. */
export interface OutcomeFacts {
  /** Commit hashes that were computed from the transactions and are those of the blocks. */
  readonly commitHashes: number;
  /** Transactions whose codes were found by the rules, and are not others in the blocks. */
  readonly judged: number;
  /** Why outcomes are not proved, or only up to a block. */
  readonly gap: string | undefined;
}

const SHOWN = 5;
const CODE_NAMES = new Map<number, string>(Object.entries(peer.TxValidationCode).map(([name, code]) => [code, name]));

const STRANGE = 'its commit hash does not come from its transactions, their codes and the block before';
const ALTERED = 'The commit hash belongs to the codes that the rules give: the codes were altered after the peer wrote them.';
const CONSISTENT =
  'The commit hash belongs to the codes in the block: the peer did validate so. Compare with another peer; if they agree, the rules of this program differ.';

/**
 * Follows what the blocks lead to: the peer's commit hash must come from transactions and codes. A block whose hash does not is judged by
 * the rules, which tells what of it was altered; with `replay` every block is.
 */
export class OutcomeProof {
  readonly #replay: boolean;
  #state: ChainState | undefined;
  #gap: string | undefined;
  #commitHashes = 0;
  #judged = 0;
  /** The last block whose commit hash comes from nothing that is known. If the next one is such too, the peer's state is another. */
  #strange: number | undefined;
  /** Whether some block carries what a peer writes into it; those before it that do not wait for the answer. */
  #isValidated = false;
  #bare: number[] = [];

  constructor(replay: boolean) {
    this.#replay = replay;
  }

  get facts(): OutcomeFacts {
    return { commitHashes: this.#commitHashes, judged: this.#judged, gap: this.#gap };
  }

  /** From here on the state is not known. The first reason counts. */
  stop(reason: string): void {
    this.#gap ??= reason;
    this.#state = undefined;
  }

  /** The next block, whose transactions are those of its header. */
  take(block: OpenedBlock): readonly Finding[] {
    const findings = this.#checkPresence(block);
    if (this.#gap !== undefined) return findings;
    if (!this.#isValidated && !this.#replay) {
      this.stop(
        'the blocks carry no validation codes and no commit hashes, as an orderer keeps them; --replay finds the codes by the rules',
      );
      return findings;
    }
    try {
      return [...findings, ...(block.number === 0 ? this.#begin(block) : this.#prove(block))];
    } catch (error) {
      if (!(error instanceof BlockRefused || error instanceof ConfigRefused || error instanceof MspRefused)) throw error;
      this.stop(`from block ${block.number} on: ${error.message}`);
      return findings;
    }
  }

  #checkPresence(block: OpenedBlock): Finding[] {
    const { number, codes, commitHash, items } = block;
    if (codes.length === 0 && commitHash === undefined) {
      if (!this.#isValidated) this.#bare.push(number);
      return this.#isValidated ? [missingCodes(number)] : [];
    }
    const findings = this.#bare.map(missingCodes);
    this.#bare = [];
    this.#isValidated = true;
    if (codes.length !== items.length)
      findings.push(newFinding(number, 'codes', `it has ${codes.length} codes for ${items.length} transactions`));
    if (number > 0 && commitHash === undefined) findings.push(newFinding(number, 'commit-hash', 'it has no commit hash'));
    return findings;
  }

  #begin(block: OpenedBlock): readonly Finding[] {
    this.#state = new ChainState(block);
    const isRight = block.codes.length !== 1 || block.codes[0] === 0;
    return isRight ? [] : [newFinding(0, 'codes', 'the first configuration is not called valid')];
  }

  #prove(block: OpenedBlock): readonly Finding[] {
    const state = this.#state;
    if (state === undefined) return [];
    const followed = followIfReadable(state, block);
    const fits = followed !== undefined && isHashOf(block, followed);
    if (fits) this.#commitHashes += 1;
    if (!fits || this.#replay) return this.#judge(block, state.judge(block), fits ? followed : undefined);
    followed.keep();
    return [];
  }

  /** followed: what the peer believes, where its commit hash says so: its later hashes come from it, whatever the rules say. */
  #judge(block: OpenedBlock, judged: Outcome, followed: Outcome | undefined): readonly Finding[] {
    const fits = followed !== undefined;
    const isStrange = !fits && block.commitHash !== undefined && !isHashOf(block, judged);
    if (isStrange && this.#strange === block.number - 1) {
      this.stop(`from block ${this.#strange} on, commit hashes come from another state than the one that the transactions lead to`);
      return [];
    }
    if (isStrange) this.#strange = block.number;
    const differing = differingCodes(block, judged);
    this.#judged += judged.codes.length - differing.length;
    (followed ?? judged).keep();
    const codes = differing.length === 0 ? [] : [describeCodes(block, judged, differing, meaningOf(block, judged, fits))];
    return isStrange ? [...codes, newFinding(block.number, 'commit-hash', STRANGE)] : codes;
  }
}

/** undefined: a transaction that the peer calls valid cannot be read, or the codes are not all there. */
function followIfReadable(state: ChainState, block: OpenedBlock): Outcome | undefined {
  if (block.codes.length !== block.items.length) return undefined;
  try {
    return state.follow(block, block.codes);
  } catch (error) {
    if (error instanceof BlockRefused) return undefined;
    throw error;
  }
}

function isHashOf({ commitHash }: OpenedBlock, outcome: Outcome): boolean {
  return commitHash !== undefined && outcome.commitHash !== undefined && equalBytes(commitHash, outcome.commitHash);
}

/** Indexes of the transactions to which the rules give another code; none where the block does not have a code for each. */
function differingCodes({ codes, items }: OpenedBlock, { codes: judged }: Outcome): readonly number[] {
  return codes.length === items.length ? judged.flatMap((code, index) => (codes[index] === code ? [] : [index])) : [];
}

function meaningOf(block: OpenedBlock, judged: Outcome, fits: boolean): string | undefined {
  if (isHashOf(block, judged)) return ALTERED;
  return fits ? CONSISTENT : undefined;
}

function describeCodes(block: OpenedBlock, judged: Outcome, differing: readonly number[], means: string | undefined): Finding {
  const described = differing.slice(0, SHOWN).map((index) => describeCode(block, judged, index));
  const more = differing.length > SHOWN ? [`and ${differing.length - SHOWN} more`] : [];
  return newFinding(block.number, 'codes', [...described, ...more].join('; '), means);
}

function describeCode(block: OpenedBlock, judged: Outcome, index: number): string {
  const [found, expected] = [nameOf(block.codes[index]), nameOf(judged.codes[index])];
  const why = judged.explanations.get(index);
  return `transaction ${index} (${transactionIdOf(block.items[index])}) has code ${found}, by the rules ${expected}${why === undefined ? '' : `: ${why}`}`;
}

function nameOf(code: number | undefined): string {
  return code === undefined ? 'none' : `${code} ${CODE_NAMES.get(code) ?? ''}`.trimEnd();
}

function missingCodes(number: number): Finding {
  return newFinding(number, 'codes', 'it has no validation codes, and other blocks have');
}
