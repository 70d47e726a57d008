import type { BlockStream, Call } from './ledger';

/** An endorsed and signed transaction, ready to be sent, and sent again. */
export interface Prepared {
  readonly transactionId: string;
  readonly envelope: Uint8Array;
  readonly result: string;
}

export interface TransactionStatus {
  readonly code: number;
  readonly block: number;
}

/** The wire below the courier: each call has a deadline of its own, none retries. */
export interface Carrier {
  /** @throws AnswerError */
  evaluate(call: Call): Promise<string>;
  /** @throws AnswerError */
  endorse(call: Call): Promise<Prepared>;
  /** MSP ids of those who endorsed it. */
  readEndorsers(prepared: Prepared): readonly string[];
  /** Resolves when the orderers took it. A rejection says nothing about the outcome. */
  send(envelope: Uint8Array): Promise<void>;
  /** The outcome; `undefined` when it is not known within `timeoutMs`. */
  readStatus(transactionId: string, timeoutMs: number): Promise<TransactionStatus | undefined>;
  followBlocks(start: number): Promise<BlockStream>;
  readHeight(): Promise<number>;
}
