import type { Platform, ProcessSpec } from '../process';
import type { Topology } from '../topology';

/** A chaincode as the network knows it: what runs and where is in the topology, which bytes is here. */
export interface ChaincodeRelease {
  readonly packageId: string;
  readonly version: string;
}

/** The definition that the channel has committed. */
export interface Deployment {
  readonly sequence: number;
  /** Ids of the lifecycle transactions that this call made; none when the channel had the definition already. */
  readonly transactions: readonly string[];
}

/**
 * What a network needs of a ledger: a plan for processes, and the verbs that only that ledger can carry out. A network calls them in this
 * order; each finds out what an earlier start did already.
 */
export interface LedgerEngine {
  /** Finds what the ledger needs beside npm packages, before anything starts. Returns what a person is told of it. */
  provide(): Promise<string | undefined>;
  /** The ledger's processes, in stages that must become ready one after another; all of them before anything that uses the ledger. */
  stages(): readonly (readonly ProcessSpec[])[];
  /** Writes what the processes read, once every organisation has its certificates. */
  prepare(): Promise<void>;
  /** Brings the channel into being on the running processes and waits until it answers. Returns what a person is told of it. */
  openChannel(): Promise<string | undefined>;
  /** Makes the definition the channel's newest: the first one, or the next sequence when release or policy changed; else nothing. */
  deploy(release: ChaincodeRelease): Promise<Deployment>;
}

export interface LedgerEngineContext {
  readonly topology: Topology;
  readonly platform: Platform;
  /** Lets tests make the ledger misbehave. */
  readonly testSwitches: boolean;
  /** Asks one of the engine's processes that talk. */
  readonly ask: (processName: string, question: unknown) => Promise<unknown>;
}

export type NewLedgerEngine = (context: LedgerEngineContext) => LedgerEngine;
