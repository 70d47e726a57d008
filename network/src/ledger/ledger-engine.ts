import type { FabricSurroundings } from '../binaries';
import type { Platform, ProcessSpec } from '../process';
import type { Organisation, Topology } from '../topology';

/** A chaincode as it is built in its folder, named by what runs. */
export interface BuiltChaincode {
  readonly folder: string;
  /** `<name>_<version>` */
  readonly label: string;
  /** SHA-256 (hex) of the bytes that run. */
  readonly digest: string;
  readonly version: string;
}

/** A chaincode as a ledger knows it. */
export interface ChaincodeRelease {
  /** What the chaincode processes are told to be, and what the organisations approve. */
  readonly packageId: string;
  readonly version: string;
}

/** The definition that the channel has committed. */
export interface Deployment {
  readonly sequence: number;
  /** Ids of the lifecycle transactions that this call made; none when the channel had the definition already. */
  readonly transactions: readonly string[];
}

/** What a ledger needs of the machine that its processes run on. */
export interface MachineNeeds {
  /** In one process. */
  readonly openFiles: number;
  /** On the disk of the run folder, when it starts. */
  readonly freeBytes: number;
}

/** The first block of a channel, from which everything follows. */
export interface FirstBlock {
  readonly bytes: Uint8Array;
  /** Whether it was made, or taken, now; else it was there before. */
  readonly isNew: boolean;
}

/** How far a node of this machine is. */
export interface NodeHeight {
  /** As its process is called. */
  readonly name: string;
  /** Blocks of the channel that it has; undefined: it does not say. */
  readonly height: number | undefined;
  /** Whether it decides blocks: an orderer, unless it says that it has no vote. */
  readonly decides: boolean;
}

/** By what a node is known that stands still while others go on. */
export interface Standstill {
  /** How long it may be behind without getting any further, in milliseconds. */
  readonly afterMs: number;
  /** Asks all nodes of this machine now. */
  readHeights(): Promise<readonly NodeHeight[]>;
}

/** The two places of an organisation's chaincode service, by the name of its port. */
export type ChaincodePort = 'chaincode' | 'chaincodeBeside';

/** Who is taken into a running network; the engine that is asked is that of the topology with them in it. */
export interface Joining {
  /** The members until now. */
  readonly present: readonly Organisation[];
  readonly organisations: readonly Organisation[];
}

/** Whose orderers are taken into a running network. */
export interface JoiningOrderers {
  /** Members whose admins vote on it. */
  readonly present: readonly Organisation[];
  readonly orderers: readonly Organisation[];
}

/**
 * What a network needs of a ledger: a plan for processes, and the verbs that only that ledger can carry out. A network calls them in this
 * order; each finds out what an earlier start did already.
 */
export interface LedgerEngine {
  readonly needs: MachineNeeds;
  /** Whether a new release can run beside the one that is called until the ledger has changed over. */
  readonly upgradesBeside: boolean;
  /** Undefined: the ledger has no nodes that could fall behind each other. */
  readonly standstill: Standstill | undefined;
  /** Finds what the ledger needs beside npm packages, before anything starts. Returns what a person is told of it. */
  provide(): Promise<string | undefined>;
  /**
   * The channel's first block, made now of the members' public parts unless it is there. Of members on machines of their own one makes it, and the
   * others take it.
   */
  beginChannel(): Promise<FirstBlock>;
  /**
   * Takes the first block that another member made: when it says what this machine's topology and public parts say, or, where those are of a later
   * time than the channel's beginning, when it has a digest (SHA-256, hex) that is known from elsewhere.
   */
  acceptChannel(block: Uint8Array, digest?: string): Promise<FirstBlock>;
  /** The ledger's processes on this machine, in stages that must become ready one after another; all of them before anything that uses the ledger. */
  stages(): readonly (readonly ProcessSpec[])[];
  /** Writes what the processes read, once every organisation has its certificates. */
  prepare(): Promise<void>;
  /** Brings the channel into being on the running processes and waits until it answers. Returns what a person is told of it. */
  openChannel(): Promise<string | undefined>;
  /** How this ledger names a built chaincode. Pure. */
  packageId(chaincode: BuiltChaincode): string;
  /**
   * Makes the definition the channel's newest: the first one, or the next sequence when release, policy or collections changed; else
   * nothing. Resolves when every organisation can endorse with it.
   *
   * @param port where the organisations run it.
   */
  deploy(chaincode: BuiltChaincode, port: ChaincodePort): Promise<Deployment>;
  /**
   * Makes organisations members of the running channel, as the admins of those that are, and writes what their processes read. They have
   * their certificates, and their processes do not run yet. Who is a member already stays one.
   */
  admit(joining: Joining): Promise<string | undefined>;
  /** Writes what the orderers of members read; they do not run yet. */
  prepareOrderers(joining: JoiningOrderers): Promise<void>;
  /** Takes those orderers, which run now, into the ordering service, one after another, each first as a follower and then with a vote. */
  seatOrderers(joining: JoiningOrderers): Promise<string | undefined>;
}

export interface LedgerEngineContext {
  readonly topology: Topology;
  readonly platform: Platform;
  /** Where Fabric's binaries may be. */
  readonly fabric: FabricSurroundings;
  /** Lets tests make the ledger misbehave. */
  readonly testSwitches: boolean;
  /** Asks one of the engine's processes that talk. */
  readonly ask: (processName: string, question: unknown) => Promise<unknown>;
  /** Tells a person what takes long. */
  readonly tell: (text: string) => void;
  /** Ends waits for what other machines do. */
  readonly signal: AbortSignal;
}

export type NewLedgerEngine = (context: LedgerEngineContext) => LedgerEngine;
