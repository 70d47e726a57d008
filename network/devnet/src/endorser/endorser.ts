import type { ChaincodeConnections } from '../chaincode/connections';
import type { Channel } from '../config/channel';
import { concat } from '../proto/bytes';
import type { Endorsement } from '../proto/transactions';
import { Simulation } from '../simulation/simulation';
import type { Ledger, PeerLedger } from '../store/ledger';
import { checkProposal, type ProposalRefusal } from './check-proposal';
import { refusalToDistribute, stagePrivateSets } from './distribute';
import type { Proposal } from './proposal';
import type { Signer } from './signer';
import { ERROR_THRESHOLD, simulateProposal, type SimulatedProposal } from './simulate-proposal';
import { VerifiedCaller } from './verified-caller';

/** The chaincode's answer (peer.ProposalResponse); endorsed below status 400, unless only evaluated. */
export interface ChaincodeAnswer extends SimulatedProposal {
  readonly endorsement: Endorsement | undefined;
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

class LocalEndorser implements Endorser {
  readonly #memories = new WeakMap<Proposal, ProposalMemory>();

  constructor(readonly options: EndorserOptions) {}

  async process(mspId: string, proposal: Proposal, purpose: 'endorse' | 'evaluate'): Promise<EndorserAnswer> {
    const { ledger, chaincodes } = this.options;
    const peerLedger = ledger.peer(mspId);
    if (peerLedger === undefined) throw new Error(`no peer of ${mspId} runs in this process`);
    const { checked, staged } = this.#check(proposal, peerLedger);
    const { inner } = proposal;
    if (!(checked instanceof VerifiedCaller)) return checked;
    if (typeof inner === 'string') return { outcome: 'rejected', text: inner };
    const snapshot = peerLedger.snapshot();
    try {
      const simulation = new Simulation({ txId: proposal.channelHeader.txId, ledger, snapshot });
      const simulated = await simulateProposal(chaincodes, { mspId, proposal, inner, caller: checked, simulation, purpose });
      if (simulated.outcome !== 'answered') return simulated;
      return this.#finish(simulated, { mspId, purpose, simulation, staged });
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

  #finish(
    simulated: SimulatedProposal,
    run: { readonly mspId: string; readonly purpose: string; readonly simulation: Simulation; readonly staged: Set<string> },
  ): EndorserAnswer {
    const { ledger, isUp = () => true, signers } = this.options;
    const { payload, response, privateSets } = simulated;
    const distribution = { ledger, simulation: run.simulation, sets: privateSets, isUp };
    const refusal = refusalToDistribute(distribution, run.mspId);
    if (refusal !== undefined) return { outcome: 'failed', text: `error in simulation: ${refusal}` };
    if (run.purpose === 'evaluate' || payload === undefined || response.status >= ERROR_THRESHOLD)
      return { ...simulated, endorsement: undefined };
    stagePrivateSets(distribution, run.simulation.source.txId, run.staged);
    return { ...simulated, endorsement: endorse(signers.get(run.mspId), payload) };
  }
}

/** core/handlers/endorsement/builtin: the signature is over the payload and the endorser's own identity. */
function endorse(signer: Signer | undefined, payload: Uint8Array): Endorsement {
  if (signer === undefined) throw new Error('endorsing with plugin failed: the peer has no signing identity');
  return { endorser: signer.identity, signature: signer.sign(concat(payload, signer.identity)) };
}
