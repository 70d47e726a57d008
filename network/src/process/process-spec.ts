/** A TCP address that a process will listen on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** What must be observed before a process counts as ready; never the passing of time. */
export type Readiness =
  | ({ readonly kind: 'port' } & ListenAddress)
  /** Ready when a GET answers 200. */
  | { readonly kind: 'http'; readonly url: string }
  /** Ready when a line on standard output starts with this text. */
  | { readonly kind: 'line'; readonly startsWith: string };

/** A long-lived process as data: all that the supervisor needs to know of it. */
export interface ProcessSpec {
  /** Unique in a network, such as `gateway-north`; also the name of its log file. */
  readonly name: string;
  /** What a person calls it. */
  readonly title: string;
  /** Program and arguments; no shell takes part in reading them. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Checked to be free before the first start. */
  readonly listens: readonly ListenAddress[];
  readonly readiness: Readiness;
  readonly readyWithinMs: number;
  /** Time between TERM and KILL. */
  readonly stopsWithinMs: number;
  /** Opens a channel of messages to a Node process, for `Supervisor.ask`. */
  readonly talks: boolean;
}

/** How often, and how soon, a process that died by itself is started again. */
export interface RestartPolicy {
  /** Waiting time before each try in a row; their number bounds the tries. */
  readonly delaysMs: readonly number[];
  /** A process that stayed up this long starts counting anew. */
  readonly steadyAfterMs: number;
}

export const DEFAULT_RESTARTS: RestartPolicy = { delaysMs: [0, 500, 1000, 2000, 4000], steadyAfterMs: 30_000 };
