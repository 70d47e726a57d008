/** JSON values as transactions take and answer them. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A client identity of this organisation: a certificate and the function that signs with its key. */
export interface LedgerIdentity {
  /** Random name under which it is enrolled; says nothing about a person. */
  readonly name: string;
  readonly certificate: Uint8Array;
  /** Signs the whole message (ECDSA P-256, SHA-256) and gives ASN.1 DER with low S, as Fabric wants it. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export interface Call {
  readonly transaction: string;
  readonly request: object;
  /** Values that reach the named organisations' endorsers only and never the ledger. */
  readonly transient?: Readonly<Record<string, string>>;
  /** MSP ids that must endorse; to be given wherever there is transient data. Automatic planning without. */
  readonly organisations?: readonly string[];
  /** The gateway's own identity when absent. */
  readonly identity?: LedgerIdentity;
}

export interface Submission extends Call {
  /** Name of the operation: repeating it gives its first outcome, never a second effect. */
  readonly operation: string;
  /** The caller has seen on the ledger what this transaction reads: "not found" is then a peer that lags, and is asked again for about 2 s. */
  readonly mayLag?: boolean;
  /** Who must endorse depends on the caller and on nothing in the request: whoever endorsed the last one of this name may do so again. */
  readonly fixedPolicy?: boolean;
}

export interface Committed {
  readonly transactionId: string;
  readonly block: number;
  /** What the chaincode answered. */
  readonly result: Json;
}

/** One write to the public state by a valid transaction; no value: a delete. */
export interface StateWrite {
  readonly key: string;
  readonly value: string | undefined;
}

export interface LedgerEvent {
  readonly name: string;
  readonly payload: string;
}

export interface LedgerTransaction {
  readonly index: number;
  readonly transactionId: string;
  /** Validation code: 0 is valid. Writes and event of any other are empty. */
  readonly code: number;
  readonly writes: readonly StateWrite[];
  readonly event: LedgerEvent | undefined;
}

export interface LedgerBlock {
  readonly number: number;
  /** Newest time that one of its valid transactions states, in milliseconds since the epoch; 0 without any. */
  readonly time: number;
  readonly transactions: readonly LedgerTransaction[];
}

export interface BlockStream extends AsyncIterable<LedgerBlock> {
  close(): void;
}

/** The ledger as the rest of the gateway sees it. */
export interface Ledger {
  /** @throws CodedError */
  evaluate(call: Call): Promise<Json>;
  /**
   * Submits once, whatever happens on the way, and waits for the commit.
   * @throws CodedError; of category `uncertain` when the outcome is not known yet (repeat the same operation)
   */
  submit(submission: Submission): Promise<Committed>;
  /** All blocks from `start` on, for ever; throws when the connection is lost. */
  followBlocks(start: number): Promise<BlockStream>;
  /** Number of blocks of the chain, as the organisation's own peer says. */
  readHeight(): Promise<number>;
}
