/**
 * What the gateway is about to send, stored before it is sent, so that no crash leaves it unknown for good.
 * `failed`: the transaction certainly has no effect, and a new one may be made under the same operation.
 */
export type IntentState = 'open' | 'committed' | 'failed';

export interface Intent {
  readonly operation: string;
  readonly requestHash: string;
  readonly transactionId: string;
  readonly envelope: Uint8Array;
  readonly result: string;
  readonly state: IntentState;
  readonly code: number | undefined;
  readonly block: number | undefined;
  /** Milliseconds since the epoch: when it was last handed to the orderers. */
  readonly sentAt: number;
}

/** One intent among those that its operation had. */
export type IntentName = Pick<Intent, 'operation' | 'transactionId'>;

export interface IntentStore {
  find(operation: string): Promise<Intent | undefined>;
  /**
   * Resolves when it survives a power failure, and with it all that was kept before; replaces a failed intent of the same operation. `false`:
   * another of the operation is open or was committed, or this process is not known to live any more; nothing may be sent then.
   */
  open(intent: Omit<Intent, 'state' | 'code' | 'block'>): Promise<boolean>;
  /** The orderers took the same envelope again. */
  sentAgain(intent: IntentName, sentAt: number): Promise<void>;
  settle(
    intent: IntentName,
    outcome: { readonly state: 'committed' | 'failed'; readonly code: number | undefined; readonly block: number | undefined },
  ): Promise<void>;
  /** Whether it is not known yet what became of an operation whose name begins so. */
  hasOpen(prefix: string): Promise<boolean>;
  /** Those that no living process settles by itself. */
  listOpen(): Promise<readonly Intent[]>;
}
