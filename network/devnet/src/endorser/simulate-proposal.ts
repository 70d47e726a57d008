import { peer } from '@hyperledger/fabric-protos';
import type { Caller } from '../chaincode/caller';
import { notInstalled, type ChaincodeConnections } from '../chaincode/connections';
import type { ChaincodeDefinition } from '../config/channel';
import { EMPTY, text } from '../proto/bytes';
import type { PrivateSet } from '../proto/private-set';
import { writeChaincodeAction, writeResponsePayload } from '../proto/transactions';
import type { Interest } from '../simulation/interest';
import type { Simulation } from '../simulation/simulation';
import type { ProposalRefusal } from './check-proposal';
import type { InnerProposal, Proposal } from './proposal';

/** A proposal whose client may ask, on one organisation's peer. */
export interface ProposalRun {
  readonly mspId: string;
  readonly proposal: Proposal;
  readonly inner: InnerProposal;
  readonly caller: Caller;
  readonly simulation: Simulation;
  /** With 'evaluate' there is nothing to sign and to plan for. */
  readonly purpose: 'endorse' | 'evaluate';
}

export interface ChaincodeResponse {
  readonly status: number;
  readonly message: string;
  readonly payload: Uint8Array;
}

export interface SimulatedProposal {
  readonly outcome: 'answered';
  readonly response: ChaincodeResponse;
  /** Serialized peer.ProposalResponsePayload; absent for status 400 to 499, and where it is only evaluated. */
  readonly payload: Uint8Array | undefined;
  readonly interest: Interest;
  readonly privateSets: readonly PrivateSet[];
}

/** Chaincode answers of this status and above are errors; from 500 on they still get a payload (fabric-chaincode-go shim.ERRORTHRESHOLD, ERROR). */
export const ERROR_THRESHOLD = 400;
const ERROR = 500;

interface Execution {
  readonly response: ChaincodeResponse;
  /** Serialized peer.ChaincodeEvent, or empty. */
  readonly event: Uint8Array;
}

/** Runs a proposal on chaincode and makes the bytes that are to be signed (core/endorser/endorser.go, ProcessProposalSuccessfullyOrError). */
export async function simulateProposal(chaincodes: ChaincodeConnections, run: ProposalRun): Promise<SimulatedProposal | ProposalRefusal> {
  const { chaincode } = run.inner;
  const definition = run.simulation.definition(chaincode);
  if (definition === undefined) return undefinedChaincode(run, `chaincode ${chaincode} not found`);
  if (!chaincodes.has(run.mspId, chaincode)) return undefinedChaincode(run, notInstalled(chaincode));
  try {
    return conclude(run, definition, await execute(chaincodes, run));
  } catch (error) {
    return { outcome: 'failed', text: `error in simulation: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function undefinedChaincode({ inner, proposal }: ProposalRun, cause: string): ProposalRefusal {
  const { channelId } = proposal.channelHeader;
  const advice = `make sure the chaincode ${inner.chaincode} has been successfully defined on channel ${channelId} and try again`;
  return { outcome: 'failed', text: `${advice}: ${cause}` };
}

/** @throws Error when there is no answer of the chaincode itself. */
async function execute(chaincodes: ChaincodeConnections, { mspId, proposal, inner, caller, simulation }: ProposalRun): Promise<Execution> {
  const { channelId, txId } = proposal.channelHeader;
  const { chaincode, input } = inner;
  const invocation = { channelId, txId, mspId, chaincode, input, signedProposal: proposal.signed, caller, simulation };
  const message = await chaincodes.invoke(invocation).catch((error: unknown) => {
    throw new Error(`failed to execute transaction ${txId}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
  if (message.getType() === peer.ChaincodeMessage.Type.ERROR)
    throw new Error(`transaction returned with failure: ${text(message.getPayload_asU8())}`);
  const response = peer.Response.deserializeBinary(message.getPayload_asU8());
  const status = response.getStatus();
  const event = status < ERROR_THRESHOLD ? message.getChaincodeEvent() : undefined;
  event?.setChaincodeId(chaincode);
  event?.setTxId(txId);
  return {
    response: { status, message: response.getMessage(), payload: response.getPayload_asU8() },
    event: event?.serializeBinary() ?? EMPTY,
  };
}

function conclude(run: ProposalRun, definition: ChaincodeDefinition, { response, event }: Execution): SimulatedProposal {
  const { inner, simulation, purpose } = run;
  if (purpose === 'evaluate')
    return { outcome: 'answered', response, payload: undefined, interest: [], privateSets: simulation.privateSets() };
  const interest = simulation.interest();
  const { publicSet, privateSets } = simulation.finish();
  const simulated = { outcome: 'answered', response, interest, privateSets } as const;
  if (response.status >= ERROR_THRESHOLD && response.status < ERROR) return { ...simulated, payload: undefined };
  const chaincode = { name: inner.chaincode, version: definition.version };
  const extension = writeChaincodeAction({ results: publicSet, events: event, response, chaincode });
  return { ...simulated, payload: writeResponsePayload({ proposalHash: inner.hash, extension }) };
}
