import { status } from '@grpc/grpc-js';
import { GatewayRefusal } from './refusal';

/** Waits for work of a call, unless the call ends first. @throws GatewayRefusal DEADLINE_EXCEEDED with the message. */
export async function untilCallEnds<T>(work: Promise<T>, signal: AbortSignal | undefined, message: string): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = (): void => reject(new GatewayRefusal(status.DEADLINE_EXCEEDED, message));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
