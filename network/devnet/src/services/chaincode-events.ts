import { status } from '@grpc/grpc-js';
import { gateway, peer } from '@hyperledger/fabric-protos';
import { MalformedMessage, decode } from '../proto/wire';
import type { ChaincodeEvent } from '../proto/transactions';
import type { BlockDigest } from './block-digest';
import { assertAllowed } from './check-acl';
import { GatewayRefusal } from './refusal';
import { readPosition } from './seek-position';
import type { ServiceContext } from './service-context';

const VALID = 0;

/** Where the events of a request start: a block, and the transaction whose event and all before it are skipped. */
export interface EventStart {
  readonly chaincode: string;
  readonly block: number;
  readonly afterTxId: string;
}

/**
 * Opens a request for chaincode events (internal/pkg/gateway/chaincodeevents.go).
 * @throws GatewayRefusal
 */
export function openChaincodeEvents(context: ServiceContext, signed: gateway.SignedChaincodeEventsRequest): EventStart {
  const bytes = signed.getRequest_asU8();
  const request = decodeRequest(bytes);
  const data = { identity: request.getIdentity_asU8(), message: bytes, signature: signed.getSignature_asU8() };
  assertAllowed(context.ledger, request.getChannelId(), 'gateway/ChaincodeEvents', data);
  const afterTxId = request.getAfterTransactionId();
  return { chaincode: request.getChaincodeId(), afterTxId, block: startBlock(context, request, afterTxId) };
}

/** Messages of a request, one per block that has any of its events, until the signal ends them. */
export async function* chaincodeEvents(
  { view, digests }: Pick<ServiceContext, 'view' | 'digests'>,
  start: EventStart,
  signal: AbortSignal,
): AsyncGenerator<gateway.ChaincodeEventsResponse> {
  let awaited = start.afterTxId;
  for (let number = start.block; ; number++) {
    await view.reach(number, signal);
    const bytes = signal.aborted ? undefined : view.block(number);
    if (bytes === undefined) return;
    const digest = digests.of(number, bytes);
    const seen = awaited === '' ? -1 : validEvents(digest).findIndex(({ txId }) => txId === awaited);
    if (awaited !== '' && seen < 0) continue;
    awaited = '';
    const answer = answerEvents(digest, start.chaincode, seen + 1);
    if (answer !== undefined) yield answer;
  }
}

/** The message for a block: events of a chaincode by its valid transactions, from the n-th of all of the block's events on; undefined: none. */
export function answerEvents(digest: BlockDigest, chaincode: string, from = 0): gateway.ChaincodeEventsResponse | undefined {
  const found = validEvents(digest)
    .slice(from)
    .filter((event) => event.chaincode === chaincode);
  return found.length === 0 ? undefined : newMessage(digest.number, found);
}

function validEvents({ transactions }: BlockDigest): readonly ChaincodeEvent[] {
  return transactions.flatMap(({ code, event }) => (code === VALID && event !== undefined ? [event] : []));
}

function decodeRequest(bytes: Uint8Array): gateway.ChaincodeEventsRequest {
  if (bytes.length === 0) throw new GatewayRefusal(status.INVALID_ARGUMENT, 'a chaincode events request is required');
  try {
    return decode(gateway.ChaincodeEventsRequest, bytes, { strings: [1, 2, 5] });
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new GatewayRefusal(status.INVALID_ARGUMENT, `invalid chaincode events request: ${error.message}`);
  }
}

/** A transaction the peer knows starts at its block; otherwise the start position counts. */
function startBlock({ ledger, view }: ServiceContext, request: gateway.ChaincodeEventsRequest, afterTxId: string): number {
  const place = afterTxId === '' ? undefined : ledger.transaction(afterTxId);
  if (place !== undefined && place.block < view.height) return place.block;
  const position = readPosition(request.getStartPosition());
  if (position === undefined || position.kind === 'next') return view.height;
  if (position.kind === 'specified') return position.number;
  throw new GatewayRefusal(
    status.INVALID_ARGUMENT,
    `invalid start position type: *orderer.SeekPosition_${position.kind === 'oldest' ? 'Oldest' : 'Newest'}`,
  );
}

function newMessage(number: number, events: readonly ChaincodeEvent[]): gateway.ChaincodeEventsResponse {
  const message = new gateway.ChaincodeEventsResponse();
  message.setBlockNumber(number);
  message.setEventsList(events.map(toEvent));
  return message;
}

function toEvent(event: ChaincodeEvent): peer.ChaincodeEvent {
  const message = new peer.ChaincodeEvent();
  message.setChaincodeId(event.chaincode);
  message.setTxId(event.txId);
  message.setEventName(event.name);
  message.setPayload(event.payload);
  return message;
}
