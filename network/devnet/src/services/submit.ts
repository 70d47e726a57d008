import { status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import { blockQuorum } from '../genesis/config-groups';
import { OrderingRefusal } from '../orderer/intake';
import { writeEnvelope } from '../proto/envelopes';
import { GatewayRefusal } from './refusal';
import type { ServiceContext } from './service-context';

const NO_QUORUM = 'insufficient number of orderers could successfully process transaction to satisfy quorum requirement';

/**
 * Hands a signed transaction to ordering; returns when it is accepted, not when it is committed (internal/pkg/gateway/submit.go).
 * @throws GatewayRefusal
 */
export function submit(context: ServiceContext, request: gateway.SubmitRequest): gateway.SubmitResponse {
  const transaction = request.getPreparedTransaction();
  if (transaction === undefined) throw new GatewayRefusal(status.INVALID_ARGUMENT, 'a prepared transaction is required');
  const envelope = { payload: transaction.getPayload_asU8(), signature: transaction.getSignature_asU8() };
  if (envelope.signature.length === 0) throw new GatewayRefusal(status.INVALID_ARGUMENT, 'prepared transaction must be signed');
  const channelId = request.getChannelId();
  if (channelId !== context.ledger.channel.id)
    throw new GatewayRefusal(
      status.FAILED_PRECONDITION,
      `failed to get config for channel [${channelId}]: could not get last config for channel ${channelId}`,
    );
  try {
    context.orderer.submit(writeEnvelope(envelope));
  } catch (error) {
    if (error instanceof OrderingRefusal) throw refusalOf(context, error.status, error.info);
    throw error;
  }
  if (context.losesAnswer()) throw refusalOf(context, 'SERVICE_UNAVAILABLE', 'failed to submit request: request already processed');
  return new gateway.SubmitResponse();
}

/** BFT: the gateway gives up when so many orderers refused that no quorum is left; all refuse alike. */
function refusalOf(context: ServiceContext, orderingStatus: string, info: string): GatewayRefusal {
  const orderers = context.orderers();
  const refusing = orderers.slice(0, orderers.length - blockQuorum(orderers.length) + 1);
  const message = `received unsuccessful response from orderer: status=${orderingStatus}, info=${info}`;
  return new GatewayRefusal(status.UNAVAILABLE, NO_QUORUM, { details: refusing.map((orderer) => ({ ...orderer, message })) });
}
