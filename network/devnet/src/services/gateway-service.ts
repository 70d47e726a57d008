import { type ServerUnaryCall, type ServerWritableStream, type UntypedServiceImplementation, type sendUnaryData } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import { chaincodeEvents, openChaincodeEvents } from './chaincode-events';
import { commitStatus } from './commit-status';
import { endorse } from './endorse';
import { evaluate } from './evaluate';
import type { ServiceContext } from './service-context';
import { toServiceError } from './service-error';
import { submit } from './submit';

export const gatewayService = gateway.GatewayService;

/** Why work of a call ends; one for all, since making a new one costs as much as a call's bookkeeping. */
const CALL_ENDED = new Error('the call has ended');

type EventStream = ServerWritableStream<gateway.SignedChaincodeEventsRequest, gateway.ChaincodeEventsResponse>;

/** The five methods of gateway.Gateway. */
export function newGatewayHandlers(context: ServiceContext): UntypedServiceImplementation {
  return {
    evaluate: unary(context, evaluate),
    endorse: unary(context, endorse),
    submit: unary(context, async (current, request: gateway.SubmitRequest) => submit(current, request)),
    commitStatus: unary(context, commitStatus),
    chaincodeEvents: (stream: EventStream) => void serveEvents(context, stream),
  };
}

/** A call whose end, by deadline or by the client, ends the work. */
function unary<Q, A>(context: ServiceContext, handle: (context: ServiceContext, request: Q) => Promise<A>) {
  return (call: ServerUnaryCall<Q, A>, answer: sendUnaryData<A>): void => {
    const ending = new AbortController();
    call.on('cancelled', () => ending.abort(CALL_ENDED));
    handle({ ...context, signal: ending.signal }, call.request).then(
      (response) => answer(null, response),
      (error: unknown) => answer(toServiceError(error, context.onProblem)),
    );
  };
}

async function serveEvents(context: ServiceContext, stream: EventStream): Promise<void> {
  const ending = new AbortController();
  stream.on('cancelled', () => ending.abort(CALL_ENDED));
  try {
    const start = openChaincodeEvents(context, stream.request);
    for await (const message of chaincodeEvents(context, start, ending.signal))
      if (!stream.write(message)) await drained(stream, ending.signal);
    stream.end();
  } catch (error) {
    // Destroying the stream would end it without a status.
    stream.emit('error', toServiceError(error, context.onProblem));
  }
}

function drained(stream: EventStream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    stream.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
