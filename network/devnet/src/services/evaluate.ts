import { status } from '@grpc/grpc-js';
import { gateway, peer } from '@hyperledger/fabric-protos';
import type { ChaincodeResponse } from '../endorser/simulate-proposal';
import { openProposal, ProposalUnreadable, type Proposal } from '../endorser/proposal';
import type { Candidate } from '../planning/layouts';
import { askPeer, detailOf } from './ask-peer';
import { untilCallEnds } from './call-deadline';
import { candidatesOf, type GatewayContext } from './gateway-context';
import { GatewayRefusal, type RefusalDetail } from './refusal';

/**
 * Runs a transaction on one peer and returns its result; nothing is ordered (internal/pkg/gateway/evaluate.go).
 * @throws GatewayRefusal
 */
export async function evaluate(context: GatewayContext, request: gateway.EvaluateRequest): Promise<gateway.EvaluateResponse> {
  const { proposal, chaincode } = open(request);
  const { channelId } = proposal.channelHeader;
  if (channelId !== context.ledger.channel.id) throw unknownChannel(channelId);
  const candidates = findCandidates(context, proposal, chaincode, request.getTargetOrganizationsList());
  const asking = askInTurn(context, proposal, candidates);
  const result = await untilCallEnds(asking, context.signal, 'evaluate timeout expired');
  const response = new peer.Response();
  response.setStatus(result.status);
  response.setMessage(result.message);
  response.setPayload(result.payload);
  const answer = new gateway.EvaluateResponse();
  answer.setResult(response);
  return answer;
}

function open(request: gateway.EvaluateRequest): { proposal: Proposal; chaincode: string } {
  const signed = request.getProposedTransaction();
  if (signed === undefined || signed.getProposalBytes_asU8().length === 0) throw unreadable('a signed proposal is required');
  try {
    const proposal = openProposal(signed);
    return { proposal, chaincode: chaincodeOf(proposal) };
  } catch (error) {
    if (error instanceof ProposalUnreadable) throw unreadable(error.message);
    throw error;
  }
}

function chaincodeOf({ channelHeader: { channelId }, spec }: Proposal): string {
  if (channelId === '') throw unreadable('no channel id provided');
  if (spec === undefined) throw unreadable(`no chaincode spec is provided, channel id [${channelId}]`);
  const id = spec.getChaincodeId();
  if (id === undefined) throw unreadable(`no chaincode id is provided, channel id [${channelId}]`);
  if (id.getName() === '') throw unreadable(`no chaincode name is provided, channel id [${channelId}]`);
  return id.getName();
}

function unreadable(cause: string): GatewayRefusal {
  return new GatewayRefusal(status.INVALID_ARGUMENT, `failed to unpack transaction proposal: ${cause}`);
}

function unknownChannel(channelId: string): GatewayRefusal {
  const cause = `could not get last config for channel ${channelId}`;
  return new GatewayRefusal(status.UNAVAILABLE, `failed to get config for channel [${channelId}]: ${cause}`);
}

/**
 * The gateway's own organisation first, the others by height, as they are named where it is the same; with transient data none but the own,
 * unless targets are named.
 */
function findCandidates(context: GatewayContext, proposal: Proposal, chaincode: string, targets: readonly string[]): readonly Candidate[] {
  const guarded = proposal.hasTransientData && targets.length === 0;
  const allowed = guarded ? [context.mspId] : targets;
  const running = candidatesOf(context).filter(({ mspId, has }) => (allowed.length === 0 || allowed.includes(mspId)) && has(chaincode));
  const place = ({ mspId }: Candidate): number => allowed.indexOf(mspId);
  if (running.length > 0) return running.toSorted((a, b) => rank(context, b) - rank(context, a) || place(a) - place(b));
  const none = `no peers available to evaluate chaincode ${chaincode} in channel ${proposal.channelHeader.channelId}`;
  const advice = "no endorsers found in the gateway's organization; retry specifying target organization(s) to protect transient data: ";
  throw new GatewayRefusal(status.FAILED_PRECONDITION, guarded ? advice + none : none);
}

function rank({ mspId, ledger }: GatewayContext, candidate: Candidate): number {
  return candidate.mspId === mspId ? Infinity : (ledger.peer(candidate.mspId)?.height ?? 0);
}

async function askInTurn(context: GatewayContext, proposal: Proposal, candidates: readonly Candidate[]): Promise<ChaincodeResponse> {
  const details: RefusalDetail[] = [];
  let code = status.UNAVAILABLE;
  for (const candidate of candidates) {
    const answer = await askPeer(context, candidate, { proposal, purpose: 'evaluate' });
    if (!('failed' in answer)) return answer.response;
    details.push(detailOf(candidate, answer.message));
    if (!answer.retry) throw new GatewayRefusal(answer.code, `evaluate call to endorser returned error: ${answer.message}`, { details });
    code = answer.code;
  }
  throw new GatewayRefusal(code, 'failed to evaluate transaction, see attached details for more info', { details });
}
