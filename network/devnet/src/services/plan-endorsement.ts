import { status } from '@grpc/grpc-js';
import type { ChaincodeAnswer } from '../endorser/endorser';
import type { Proposal } from '../endorser/proposal';
import { planForOrganisations, planFromLayouts, type EndorsementPlan } from '../planning/endorsement-plan';
import { findLayouts, type Candidate } from '../planning/layouts';
import { PlanningRefused } from '../planning/planning-refused';
import type { Interest } from '../simulation/interest';
import { askPeer, detailOf } from './ask-peer';
import { untilCallEnds } from './call-deadline';
import { candidatesOf, definitionOf, withState, type GatewayContext } from './gateway-context';
import { GatewayRefusal, type RefusalDetail } from './refusal';

export interface EndorsementRequest {
  readonly proposal: Proposal;
  readonly chaincode: string;
}

type Plan = EndorsementPlan<Candidate>;

/**
 * One peer of each organisation that the client names; whether they satisfy the policy is the client's business.
 * @throws GatewayRefusal
 */
export function planForNamed(context: GatewayContext, { proposal, chaincode }: EndorsementRequest, named: readonly string[]): Plan {
  const running = runningPeers(context, proposal, chaincode);
  const missing = named.filter((mspId) => !running.some((candidate) => candidate.mspId === mspId));
  if (missing.length > 0)
    throw new GatewayRefusal(status.UNAVAILABLE, `failed to find any endorsing peers for org(s): ${missing.join(', ')}`);
  return planForOrganisations(running.filter(({ mspId }) => named.includes(mspId)));
}

/**
 * Runs the proposal on a peer of the gateway's own organisation, and plans for what it read and wrote
 * (internal/pkg/gateway/endorse.go, planFromFirstEndorser).
 * @throws GatewayRefusal
 */
export async function planFromFirst(context: GatewayContext, request: EndorsementRequest): Promise<Plan> {
  const { proposal } = request;
  const plan = firstEndorser(context, request);
  const details: RefusalDetail[] = [];
  for (let peer = plan.takePeers()[0]; peer !== undefined; peer = plan.nextInGroup(peer)) {
    const asking = askPeer(context, peer, { proposal, purpose: 'endorse' });
    const answer = await untilCallEnds(asking, context.signal, 'endorsement timeout expired while collecting first endorsement');
    if (!('failed' in answer)) return planFor(context, request, peer, answer);
    details.push(detailOf(peer, answer.message));
  }
  const message = 'failed to endorse transaction, see attached details for more info';
  throw new GatewayRefusal(status.ABORTED, message, { details });
}

/** A peer of the own organisation, or whichever the chaincode's policy allows; with transient data nobody else is asked. */
function firstEndorser(context: GatewayContext, { proposal, chaincode }: EndorsementRequest): Plan {
  const own = runningPeers(context, proposal, chaincode).filter(({ mspId }) => mspId === context.mspId);
  if (own.length > 0) return planForOrganisations(own);
  if (proposal.hasTransientData) {
    const advice = 'retry specifying endorsing organization(s) to protect transient data';
    throw new GatewayRefusal(status.FAILED_PRECONDITION, `no endorsers found in the gateway's organization; ${advice}`);
  }
  return newPlan(context, proposal, defaultInterest(chaincode), undefined);
}

function planFor(context: GatewayContext, { proposal, chaincode }: EndorsementRequest, first: Candidate, answer: ChaincodeAnswer): Plan {
  const interest = answer.interest.length > 0 ? answer.interest : defaultInterest(chaincode);
  const plan = proposal.hasTransientData ? planGuarded(context, proposal, interest, first) : newPlan(context, proposal, interest, first);
  if (answer.payload !== undefined && answer.endorsement !== undefined) plan.accept(first, answer.payload, answer.endorsement);
  return plan;
}

/** Transient data must not leave the collections' members: everything written counts as read. */
function planGuarded(context: GatewayContext, proposal: Proposal, interest: Interest, first: Candidate): Plan {
  const guarded = interest.filter(({ noPrivateReads }) => noPrivateReads).flatMap(({ collections }) => collections);
  try {
    return newPlan(
      context,
      proposal,
      interest.map((call) => ({ ...call, noPrivateReads: false })),
      first,
    );
  } catch (error) {
    if (guarded.length === 0) throw error;
    // Throws itself if the caution is not what made it impossible.
    newPlan(context, proposal, interest, first);
    const outside = 'requires endorsement from organisation(s) that are not in the distribution policy of the private data collection(s)';
    const advice = 'retry specifying trusted endorsing organizations to protect transient data';
    throw new GatewayRefusal(status.FAILED_PRECONDITION, `${outside}: [${guarded.join(' ')}]; ${advice}`);
  }
}

function newPlan(context: GatewayContext, proposal: Proposal, interest: Interest, preferred: Candidate | undefined): Plan {
  const { ledger } = context;
  const { channelId } = proposal.channelHeader;
  try {
    const found = findLayouts(interest, {
      channel: ledger.channel,
      candidates: candidatesOf(context),
      definition: (chaincode) => (channelId === ledger.channel.id ? definitionOf(context, chaincode) : undefined),
      collection: (chaincode, name) => withState(context, (state) => ledger.collection(state, chaincode, name)),
    });
    return planFromLayouts(found, found.groups, preferred);
  } catch (error) {
    if (!(error instanceof PlanningRefused)) throw error;
    const prefix = 'no combination of peers can be derived which satisfy the endorsement policy';
    const cause = channelId === ledger.channel.id ? error.message : unknownIn(channelId, interest);
    throw new GatewayRefusal(status.FAILED_PRECONDITION, `${prefix}: ${cause}`);
  }
}

function unknownIn(channelId: string, interest: Interest): string {
  return `No metadata was found for chaincode ${interest[0]?.name ?? ''} in channel ${channelId}`;
}

function runningPeers(context: GatewayContext, proposal: Proposal, chaincode: string): readonly Candidate[] {
  if (proposal.channelHeader.channelId !== context.ledger.channel.id) return [];
  return candidatesOf(context).filter(({ has }) => has(chaincode));
}

function defaultInterest(name: string): Interest {
  return [{ name, collections: [], noPrivateReads: false, disregardNamespacePolicy: false, keyPolicies: [] }];
}
