import { status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import { MalformedMessage, decode } from '../proto/wire';
import type { TransactionPlace } from '../store/ledger';
import { assertAllowed } from './check-acl';
import { GatewayRefusal } from './refusal';
import type { ServiceContext } from './service-context';

/**
 * The code and block of a transaction, as soon as this organisation's peer has it; an unknown one is waited for until the call ends
 * (internal/pkg/gateway/commitstatus.go).
 * @throws GatewayRefusal
 */
export async function commitStatus(
  context: ServiceContext,
  signed: gateway.SignedCommitStatusRequest,
): Promise<gateway.CommitStatusResponse> {
  const bytes = signed.getRequest_asU8();
  const request = open(bytes);
  const identity = request.getIdentity_asU8();
  const signature = signed.getSignature_asU8();
  assertAllowed(context.ledger, request.getChannelId(), 'gateway/CommitStatus', { identity, message: bytes, signature });
  const place = await find(context, request.getTransactionId());
  const response = new gateway.CommitStatusResponse();
  response.setResult(place.code as ReturnType<typeof response.getResult>);
  response.setBlockNumber(place.block);
  return response;
}

function open(bytes: Uint8Array): gateway.CommitStatusRequest {
  const refuse = (problem: string): never => {
    throw new GatewayRefusal(status.INVALID_ARGUMENT, problem);
  };
  if (bytes.length === 0) refuse('a commit status request is required');
  const request = decodeRequest(bytes);
  if (request.getIdentity_asU8().length === 0) refuse('no identity provided');
  if (request.getChannelId() === '') refuse('no channel ID provided');
  if (request.getTransactionId() === '') refuse('transaction ID should not be empty');
  return request;
}

function decodeRequest(bytes: Uint8Array): gateway.CommitStatusRequest {
  try {
    return decode(gateway.CommitStatusRequest, bytes, { strings: [1, 2] });
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new GatewayRefusal(status.INVALID_ARGUMENT, `invalid status request: ${error.message}`);
  }
}

async function find({ ledger, view, signal }: ServiceContext, txId: string): Promise<TransactionPlace> {
  const now = placeAt(ledger.transaction(txId), view.height);
  if (now !== undefined) return now;
  return new Promise((resolve, reject) => {
    const stop = view.onTransaction(txId, (place) => {
      signal?.removeEventListener('abort', end);
      resolve(place);
    });
    const end = (): void => {
      stop();
      reject(new GatewayRefusal(status.CANCELLED, 'context canceled'));
    };
    signal?.addEventListener('abort', end, { once: true });
  });
}

function placeAt(place: TransactionPlace | undefined, height: number): TransactionPlace | undefined {
  return place !== undefined && place.block < height ? place : undefined;
}
