import { peer } from '@hyperledger/fabric-protos';
import { notInstalled, type ChaincodeConnections } from '../chaincode/connections';
import type { Channel, ChaincodeDefinition } from '../config/channel';
import { concat, EMPTY, text } from '../proto/bytes';
import { writeChaincodeAction, writeResponsePayload, type Endorsement } from '../proto/transactions';
import type { Interest } from '../simulation/interest';
import { Simulation } from '../simulation/simulation';
import type { Ledger, PeerLedger } from '../store/ledger';
import { checkProposal, type ProposalRefusal } from './check-proposal';
import { refusalToDistribute, stagePrivateSets } from './distribute';
import type { InnerProposal, Proposal } from './proposal';
import type { Signer } from './signer';
import { VerifiedCaller } from './verified-caller';

export interface ChaincodeResponse {
  readonly status: number;
  readonly message: string;
  readonly payload: Uint8Array;
}

/** The chaincode's answer (peer.ProposalResponse). Below status 400 it is endorsed, unless only evaluated; from 500 on it still has a payload. */
export interface ChaincodeAnswer {
  readonly outcome: 'answered';
  readonly response: ChaincodeResponse;
  /** Serialized peer.ProposalResponsePayload. */
  readonly payload: Uint8Array | undefined;
  readonly endorsement: Endorsement | undefined;
  readonly interest: Interest;
}

export type EndorserAnswer = ChaincodeAnswer | ProposalRefusal;

export interface EndorserOptions {
  readonly ledger: Ledger;
  /** By MSP id: the peers that this process plays. */
  readonly signers: ReadonlyMap<string, Signer>;
  readonly chaincodes: ChaincodeConnections;
  /** Whether an organisation's peer can be reached; default: always. */
  readonly isUp?: (mspId: string) => boolean;
  /** Other channels' ledgers, for chaincode that queries them. */
  readonly otherChannel?: (channelId: string) => Ledger | undefined;
  readonly now?: () => Date;
}

export interface Endorser {
  /**
   * What an organisation's peer answers to a proposal (core/endorser/endorser.go, ProcessProposal). Never throws for what a client or a
   * chaincode did. With 'evaluate' nothing is signed, staged or planned for.
   */
  process(mspId: string, proposal: Proposal, purpose: 'endorse' | 'evaluate'): Promise<EndorserAnswer>;
}

/** The endorsers of all organisations whose peers this process plays. */
export function newEndorser(options: EndorserOptions): Endorser {
  return new LocalEndorser(options);
}

/** What is found out about a proposal once, however many organisations endorse it. */
interface ProposalMemory {
  readonly channel: Channel;
  readonly checked: VerifiedCaller | ProposalRefusal;
  readonly staged: Set<string>;
}

interface Run {
  readonly mspId: string;
  readonly proposal: Proposal;
  readonly inner: InnerProposal;
  readonly caller: VerifiedCaller;
  readonly simulation: Simulation;
  readonly purpose: 'endorse' | 'evaluate';
  readonly staged: Set<string>;
}

interface Execution {
  readonly response: ChaincodeResponse;
  /** Serialized peer.ChaincodeEvent, or empty. */
  readonly event: Uint8Array;
}

const ERROR_THRESHOLD = 400;
const ERROR = 500;

class LocalEndorser implements Endorser {
  readonly #memories = new WeakMap<Proposal, ProposalMemory>();

  constructor(readonly options: EndorserOptions) {}

  async process(mspId: string, proposal: Proposal, purpose: 'endorse' | 'evaluate'): Promise<EndorserAnswer> {
    const { ledger } = this.options;
    const peerLedger = ledger.peer(mspId);
    if (peerLedger === undefined) throw new Error(`no peer of ${mspId} runs in this process`);
    const { checked, staged } = this.#check(proposal, peerLedger);
    if (!(checked instanceof VerifiedCaller)) return checked;
    const { inner } = proposal;
    if (typeof inner === 'string') return { outcome: 'rejected', text: inner };
    const snapshot = peerLedger.snapshot();
    try {
      const simulation = new Simulation({ txId: proposal.channelHeader.txId, ledger, snapshot });
      return await this.#run({ mspId, proposal, inner, caller: checked, simulation, purpose, staged });
    } finally {
      snapshot.release();
    }
  }

  #check(proposal: Proposal, peerLedger: PeerLedger): ProposalMemory {
    const { ledger, otherChannel, now = () => new Date() } = this.options;
    const { channel } = ledger;
    const known = this.#memories.get(proposal);
    if (known?.channel === channel) return known;
    const checked = checkProposal(proposal, {
      channel,
      otherChannel: (channelId) => otherChannel?.(channelId)?.channel,
      isKnown: (txId) => (ledger.transaction(txId)?.block ?? Infinity) < peerLedger.height,
      now: now(),
    });
    const memory = { channel, checked, staged: known?.staged ?? new Set<string>() };
    this.#memories.set(proposal, memory);
    return memory;
  }

  async #run(run: Run): Promise<EndorserAnswer> {
    const { inner, simulation, proposal, mspId } = run;
    const definition = simulation.definition(inner.chaincode);
    const missing = this.#missing(mspId, inner.chaincode, definition);
    if (definition === undefined || missing !== undefined) {
      const advice = `make sure the chaincode ${inner.chaincode} has been successfully defined on channel ${proposal.channelHeader.channelId} and try again`;
      return { outcome: 'failed', text: `${advice}: ${missing ?? ''}` };
    }
    try {
      const execution = await this.#execute(run);
      return this.#conclude(run, definition, execution);
    } catch (error) {
      return { outcome: 'failed', text: `error in simulation: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  #missing(mspId: string, chaincode: string, definition: ChaincodeDefinition | undefined): string | undefined {
    if (definition === undefined) return `chaincode ${chaincode} not found`;
    return this.options.chaincodes.has(mspId, chaincode) ? undefined : notInstalled(chaincode);
  }

  /** @throws Error when there is no answer of the chaincode itself. */
  async #execute({ mspId, proposal, inner, caller, simulation }: Run): Promise<Execution> {
    const { channelId, txId } = proposal.channelHeader;
    const { chaincode, input } = inner;
    const invocation = { channelId, txId, mspId, chaincode, input, signedProposal: proposal.signed, caller, simulation };
    const message = await this.options.chaincodes.invoke(invocation).catch((error: unknown) => {
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

  #conclude(run: Run, definition: ChaincodeDefinition, { response, event }: Execution): EndorserAnswer {
    const { mspId, inner, simulation, purpose, proposal } = run;
    const { publicSet, privateSets } = simulation.finish();
    const { ledger, isUp = () => true, signers } = this.options;
    const distribution = { ledger, simulation, sets: privateSets, isUp };
    const refusal = refusalToDistribute(distribution, mspId);
    if (refusal !== undefined) return { outcome: 'failed', text: `error in simulation: ${refusal}` };
    const interest = purpose === 'evaluate' ? [] : simulation.interest();
    const answer = { outcome: 'answered', response, interest, payload: undefined, endorsement: undefined } as const;
    if (response.status >= ERROR_THRESHOLD && response.status < ERROR) return answer;
    const chaincode = { name: inner.chaincode, version: definition.version };
    const extension = writeChaincodeAction({ results: publicSet, events: event, response, chaincode });
    const payload = writeResponsePayload({ proposalHash: inner.hash, extension });
    if (purpose === 'evaluate' || response.status >= ERROR) return { ...answer, payload };
    stagePrivateSets(distribution, proposal.channelHeader.txId, run.staged);
    return { ...answer, payload, endorsement: endorse(signers.get(mspId), payload) };
  }
}

/** core/handlers/endorsement/builtin: the signature is over the payload and the endorser's own identity. */
function endorse(signer: Signer | undefined, payload: Uint8Array): Endorsement {
  if (signer === undefined) throw new Error('endorsing with plugin failed: the peer has no signing identity');
  return { endorser: signer.identity, signature: signer.sign(concat(payload, signer.identity)) };
}
