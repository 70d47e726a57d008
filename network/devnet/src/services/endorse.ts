import { status } from '@grpc/grpc-js';
import { common, gateway } from '@hyperledger/fabric-protos';
import { describeDifference } from '../endorser/describe-difference';
import { openProposal, ProposalUnreadable, type Proposal } from '../endorser/proposal';
import type { EndorsementPlan } from '../planning/endorsement-plan';
import type { Candidate } from '../planning/layouts';
import { writePayload } from '../proto/envelopes';
import { writeTransaction, type Endorsement } from '../proto/transactions';
import { askPeer, detailOf } from './ask-peer';
import { untilCallEnds } from './call-deadline';
import type { GatewayContext } from './gateway-context';
import { planForNamed, planFromFirst } from './plan-endorsement';
import { GatewayRefusal, type RefusalDetail } from './refusal';

/**
 * Collects the endorsements that a transaction needs, and prepares it for the client's signature (internal/pkg/gateway/endorse.go).
 * @throws GatewayRefusal
 */
export async function endorse(context: GatewayContext, request: gateway.EndorseRequest): Promise<gateway.EndorseResponse> {
  const proposal = open(request);
  const named = request.getEndorsingOrganizationsList();
  const wanted = { proposal, chaincode: proposal.spec?.getChaincodeId()?.getName() ?? '' };
  const plan = named.length > 0 ? planForNamed(context, wanted, named) : await planFromFirst(context, wanted);
  const endorsements = await new Collection(context, proposal, plan).collect();
  const response = new gateway.EndorseResponse();
  response.setPreparedTransaction(prepare(proposal, plan.payload, endorsements));
  return response;
}

function open(request: gateway.EndorseRequest): Proposal {
  const signed = request.getProposedTransaction();
  if (signed === undefined || signed.getProposalBytes_asU8().length === 0)
    throw new GatewayRefusal(status.INVALID_ARGUMENT, 'the proposed transaction must contain a signed proposal');
  try {
    return openProposal(signed);
  } catch (error) {
    if (error instanceof ProposalUnreadable) throw new GatewayRefusal(status.INVALID_ARGUMENT, error.message);
    throw error;
  }
}

/** The endorsing of one proposal by one plan. */
class Collection {
  readonly #details: RefusalDetail[] = [];
  readonly #explanations: string[] = [];

  constructor(
    readonly context: GatewayContext,
    readonly proposal: Proposal,
    readonly plan: EndorsementPlan<Candidate>,
  ) {}

  async collect(): Promise<readonly Endorsement[]> {
    while (this.plan.endorsements === undefined) {
      const peers = this.plan.takePeers();
      if (peers.length === 0) break;
      const asking = Promise.all(peers.map((peer) => this.#askGroup(peer)));
      const failed = await untilCallEnds(asking, this.context.signal, 'endorsement timeout expired while collecting endorsements');
      this.plan.abandon(failed.filter((peer) => peer !== undefined));
    }
    const { endorsements } = this.plan;
    if (endorsements !== undefined) return endorsements;
    throw new GatewayRefusal(status.ABORTED, 'failed to collect enough transaction endorsements, see attached details for more info', {
      details: this.#details,
      explanations: this.#explanations,
    });
  }

  /** Asks a peer, and others of its group in its place. @returns the last that failed, if all did. */
  async #askGroup(first: Candidate): Promise<Candidate | undefined> {
    let peer = first;
    for (;;) {
      if (await this.#ask(peer)) return undefined;
      const next = this.plan.nextInGroup(peer);
      if (next === undefined) return peer;
      peer = next;
    }
  }

  async #ask(peer: Candidate): Promise<boolean> {
    const answer = await askPeer(this.context, peer, { proposal: this.proposal, purpose: 'endorse' });
    if ('failed' in answer) {
      this.#details.push(detailOf(peer, answer.message));
      return false;
    }
    const { payload, endorsement } = answer;
    if (payload === undefined || endorsement === undefined) return false;
    if (this.plan.accept(peer, payload, endorsement)) return true;
    this.#details.push(detailOf(peer, 'ProposalResponsePayloads do not match'));
    this.#explanations.push(...describeDifference(this.plan.payload ?? payload, payload).map((line) => `${peer.mspId}: ${line}`));
    return false;
  }
}

/** Both headers as the client sent them; the client signs the payload. */
function prepare(proposal: Proposal, responsePayload: Uint8Array | undefined, endorsements: readonly Endorsement[]): common.Envelope {
  if (responsePayload === undefined) throw new GatewayRefusal(status.ABORTED, 'failed to assemble transaction: no response payload');
  const header = proposal.signatureHeaderBytes;
  const data = writeTransaction({ header, proposalPayload: proposal.payload, responsePayload, endorsements });
  const envelope = new common.Envelope();
  envelope.setPayload(writePayload({ channelHeader: proposal.channelHeaderBytes, signatureHeader: header, data }));
  return envelope;
}
