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

/** What a network needs of a ledger. An engine is a plan for processes, and the verbs that only that ledger can carry out. */
export interface LedgerEngine {
  /** The ledger's processes, in stages that must become ready one after another; all of them before anything that uses the ledger. */
  readonly stages: readonly (readonly ProcessSpec[])[];
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
