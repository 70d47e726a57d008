import { status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import type { Organisation } from '../topology';
import { LifecycleError } from './lifecycle-error';

/** `what` completes the sentence "did not ...". */
export interface PeerCall {
  readonly what: string;
}

type PeerPlace = Pick<Organisation, 'name' | 'title' | 'mspId' | 'endpoints'>;

const NOT_THERE = new Set<number>([grpcStatus.UNAVAILABLE, grpcStatus.DEADLINE_EXCEEDED, grpcStatus.CANCELLED]);

/** What peers say, and what helps. The first that fits. */
const HINTS: readonly (readonly [said: RegExp, hint: string])[] = [
  [
    /access denied|failed ACL check|creator org unknown|does not satisfy|identity is not an admin/i,
    'Only an admin of the peer’s own organisation may do this: see `identities.admin` of the organisation and its certificate.',
  ],
  [/expired|not yet valid|timestamp .* (out|outside)/i, 'Compare the clocks of both machines and the days that the certificate has left.'],
  [
    /channel '.*' not found|Invalid chain ID|Unknown channel ID|could not get channel ?config/i,
    'The peer is not in that channel, or still reads it: join it, or wait until it answers.',
  ],
  [/chaincode .* not installed|package '.*' not found/i, 'Install the chaincode package on this peer first (`lifecycle install`).'],
  [
    /external builder|could not build chaincode|unable to find.*builder/i,
    'See `chaincode.externalBuilders` in the peer’s core.yaml, and what the builder wrote to its log.',
  ],
];

/** A peer that answered, and said no. */
export function newPeerRefusal(peer: PeerPlace, call: PeerCall, said: string, cause?: unknown): LifecycleError {
  const hint = HINTS.find(([pattern]) => pattern.test(said))?.[1] ?? `Look at the log of peer-${peer.name}.`;
  return new LifecycleError('PEER_REFUSED', `${describe(peer)} did not ${call.what}: ${said}`, hint, cause);
}

/** A call that ended in a gRPC status instead of an answer. */
export function newPeerFailure(peer: PeerPlace, call: PeerCall, error: ServiceError): LifecycleError {
  if (!NOT_THERE.has(error.code)) return newPeerRefusal(peer, call, error.details || error.message, error);
  const hint = `See whether peer-${peer.name} runs (\`status\`), and its log.`;
  return new LifecycleError('PEER_UNREACHABLE', `${describe(peer)} did not ${call.what}: ${error.message}`, hint, error);
}

function describe({ title, mspId, endpoints }: PeerPlace): string {
  return `The peer of ${title} (${mspId}, ${endpoints.peer})`;
}
