import type { peer } from '@hyperledger/fabric-protos';
import type { Simulation } from '../simulation/simulation';
import type { Caller } from './caller';
import { OpenQueries } from './open-queries';

/** What runs when a chaincode is invoked, also by another chaincode: they share simulation and transaction id. */
export interface Invocation {
  readonly channelId: string;
  readonly txId: string;
  /** Whose peer runs it. */
  readonly mspId: string;
  /** Name on the channel: the namespace. */
  readonly chaincode: string;
  readonly input: peer.ChaincodeInput;
  /** The whole proposal, with transient data: the shim takes creator, nonce, time and transient map from it. */
  readonly signedProposal: peer.SignedProposal;
  readonly caller: Caller;
  readonly simulation: Simulation;
}

/** An invocation that runs on a chaincode's stream (core/chaincode/transaction_context.go). */
export class RunningTransaction {
  readonly queries: OpenQueries;
  /** Members' rights per collection, asked once per transaction. */
  readonly rights = new Map<string, { readonly read: boolean; readonly write: boolean }>();
  /** The shim has one request outstanding; Fabric drops a second one. */
  busy = false;

  constructor(
    readonly invocation: Invocation,
    totalQueryLimit: number,
  ) {
    this.queries = new OpenQueries(totalQueryLimit);
  }
}
