import { constants } from 'node:os';
import type { Network } from '../deployment';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and a parent program may both deliver one and the same Ctrl-C. */
const SAME_REQUEST_MS = 500;

export interface StopRequest {
  /** Resolves with the first signal, when the ordered stop has begun. */
  readonly requested: Promise<NodeJS.Signals>;
  /** The exit code that says so, or undefined as long as nobody asked. */
  exitCode(): number | undefined;
}

/** The first signal stops the network in order, a second one ends it at once. */
export function stopOnSignals(network: Network, note: (text: string) => void): StopRequest {
  let first: NodeJS.Signals | undefined;
  let firstAt = 0;
  let request: (signal: NodeJS.Signals) => void = () => undefined;
  const requested = new Promise<NodeJS.Signals>((resolve) => (request = resolve));
  const hear = (signal: NodeJS.Signals): void => {
    if (first === undefined) {
      first = signal;
      firstAt = Date.now();
      note('\nStopping in order ... (once more to end everything at once)');
      void network.stop();
      request(signal);
    } else if (Date.now() - firstAt > SAME_REQUEST_MS) network.kill();
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return { requested, exitCode: () => (first === undefined ? undefined : 128 + constants.signals[first]) };
}
