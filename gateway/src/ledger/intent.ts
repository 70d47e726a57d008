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

export interface IntentStore {
  find(operation: string): Promise<Intent | undefined>;
  /** Resolves when it survives a power failure, and with it all that was kept before; replaces a failed intent of the same operation. */
  open(intent: Omit<Intent, 'state' | 'code' | 'block'>): Promise<void>;
  /** The orderers took the same envelope again. */
  sentAgain(operation: string, sentAt: number): Promise<void>;
  settle(
    operation: string,
    outcome: { readonly state: 'committed' | 'failed'; readonly code: number | undefined; readonly block: number | undefined },
  ): Promise<void>;
  listOpen(): Promise<readonly Intent[]>;
}
