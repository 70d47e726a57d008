import { status } from '@grpc/grpc-js';
import type { ChaincodeAnswer, EndorserAnswer } from '../endorser/endorser';
import type { Proposal } from '../endorser/proposal';
import type { PlannedPeer } from '../planning/endorsement-plan';
import type { GatewayContext } from './gateway-context';
import type { RefusalDetail } from './refusal';

/** A peer that did not do what it was asked (internal/pkg/gateway/apiutils.go, responseStatus). */
export interface PeerFailure {
  readonly failed: true;
  readonly code: status;
  readonly message: string;
  /** Another peer may do better; only evaluate looks at it. */
  readonly retry: boolean;
}

const ENDORSEMENT_TIMEOUT_MS = 10_000;

/** What a gateway makes of a peer's answer: a success, or a failure with its class. */
export async function askPeer(
  context: GatewayContext,
  peer: PlannedPeer,
  request: { readonly proposal: Proposal; readonly purpose: 'endorse' | 'evaluate' },
): Promise<ChaincodeAnswer | PeerFailure> {
  const isOwn = peer.mspId === context.mspId;
  const processing = context.endorser.process(peer.mspId, request.proposal, request.purpose);
  // The gateway's own peer is called in its process, which has no deadline of its own.
  const limit = context.endorsementTimeoutMs ?? ENDORSEMENT_TIMEOUT_MS;
  const answer = isOwn ? await processing : await withDeadline(processing, limit);
  if (answer === undefined) return unreachable('rpc error: code = DeadlineExceeded desc = context deadline exceeded');
  return classify(answer, isOwn);
}

export function detailOf({ address, mspId }: PlannedPeer, message: string): RefusalDetail {
  return { address, mspId, message };
}

/** Rejections of other peers come over the wire as an error without a response. */
function classify(answer: EndorserAnswer, isOwn: boolean): ChaincodeAnswer | PeerFailure {
  switch (answer.outcome) {
    case 'filtered':
      return unreachable(isOwn ? answer.text : `rpc error: code = Unknown desc = ${answer.text}`);
    case 'rejected':
      if (!isOwn) return unreachable(`rpc error: code = Unknown desc = ${answer.text}`);
      return { failed: true, code: status.FAILED_PRECONDITION, message: answer.text, retry: false };
    case 'failed':
      return { failed: true, code: status.ABORTED, message: answer.text, retry: true };
    case 'answered':
      return classifyResponse(answer);
  }
}

function classifyResponse(answer: ChaincodeAnswer): ChaincodeAnswer | PeerFailure {
  const { status: code, message } = answer.response;
  if (code >= 200 && code < 400) return answer;
  return { failed: true, code: status.UNKNOWN, message: `chaincode response ${String(code)}, ${message}`, retry: false };
}

function unreachable(message: string): PeerFailure {
  return { failed: true, code: status.UNAVAILABLE, message, retry: true };
}

async function withDeadline<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
