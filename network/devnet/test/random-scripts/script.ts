/** An operation of the golden chaincode with its arguments. `@` in a text stands for the prefix that a script's keys have of their own. */
export type Operation = readonly [name: string, ...args: readonly unknown[]];

/** One call of the chaincode's function `run`. */
export interface Call {
  /** MSP id: whose client and gateway. */
  readonly org: string;
  readonly operations: readonly Operation[];
  readonly transient?: Readonly<Record<string, string>>;
  /** Organisations that the client names as endorsers, or as targets of an evaluation. */
  readonly named?: readonly string[];
  /** Elsewhere than on the script's channel and chaincode. */
  readonly place?: { readonly channel?: string; readonly chaincode?: string; readonly transaction?: string };
}

export type Step =
  | { readonly kind: 'evaluate'; readonly call: Call }
  /** Endorse, submit, wait for the commit at every peer. */
  | { readonly kind: 'submit'; readonly call: Call; readonly as: string }
  /** Endorse and keep. */
  | { readonly kind: 'endorse'; readonly call: Call; readonly as: string }
  /** A kept transaction changed and signed again by everybody who has to, kept under another name. */
  | { readonly kind: 'craft'; readonly from: string; readonly change: string; readonly as: string }
  /** Submits kept transactions in this order: into one block, as far as chance lets it, or each after the commit of the one before. */
  | { readonly kind: 'order'; readonly names: readonly string[]; readonly together: boolean }
  /** Submits a committed transaction again. */
  | { readonly kind: 'resubmit'; readonly name: string }
  /** Has the proposal of a transaction endorsed again. */
  | { readonly kind: 'repropose'; readonly name: string }
  /** Waits until what the last step wrote has outlived its block to live. */
  | { readonly kind: 'expire' };

/** Random steps on keys of their own, so that scripts do not meet each other on a ledger. */
export interface Script {
  readonly seed: number;
  readonly steps: readonly Step[];
}

export interface GatewayFailure {
  readonly name: string;
  /** gRPC status code. */
  readonly code: number;
  readonly message: string;
  /** `MSP id: text` each. */
  readonly details: readonly string[];
}

export interface OrderedAnswer {
  readonly name: string;
  readonly code?: number;
  readonly failure?: GatewayFailure;
}

/** What a ledger made of a step, without what differs between two runs of one network. */
export interface Answer {
  readonly result?: string;
  /** MSP ids in alphabetical order. */
  readonly endorsers?: readonly string[];
  /** What the transaction read and wrote; see formatSimulation. */
  readonly simulation?: unknown;
  /** Validation code. */
  readonly code?: number;
  readonly each?: readonly OrderedAnswer[];
  /** As the transactions of the step came to stand: the names in each block, in their order. */
  readonly blocks?: readonly (readonly string[])[];
  readonly failure?: GatewayFailure;
  /** Step skipped: the transaction that it names does not exist. */
  readonly skipped?: true;
}

/** What listeners heard of the transactions of a script, by the name of the transaction. */
export interface Heard {
  readonly name: string;
  /** From the event stream: only valid transactions are heard there. */
  readonly event?: readonly [name: string, payload: string];
  /** From filtered blocks: code, and the name of the event. */
  readonly block?: readonly [code: number, event: string | undefined];
}

/** A whole run of a script. */
export interface Run {
  readonly prefix: string;
  readonly answers: readonly Answer[];
  /** Of the evaluations that read everything that the script may have touched, at each organisation. */
  readonly state: readonly Answer[];
  readonly heard: readonly Heard[];
}
