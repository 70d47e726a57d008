import { setTimeout as pause } from 'node:timers/promises';
import { ProcessError } from '../../process';

/**
 * Waits for what members on other machines do, as long as that takes: they start theirs when they start them. `look` resolves with what is
 * missing still, or with undefined when nothing is; an error counts as missing.
 */
export type WaitForOthers = (look: () => Promise<string | undefined>) => Promise<void>;

export interface WaitOptions {
  /** Tells a person what is missing, whenever that changes. */
  readonly tell: (text: string) => void;
  /** @throws ProcessError PROCESS_INTERRUPTED once it is aborted */
  readonly signal: AbortSignal;
  readonly pace?: Pace;
}

export interface Pace {
  readonly betweenLooksMs: number;
  /** What is there sooner is nothing to speak of. */
  readonly patienceMs: number;
}

const PACE: Pace = { betweenLooksMs: 300, patienceMs: 3000 };

export function newWaitForOthers({ tell, signal, pace = PACE }: WaitOptions): WaitForOthers {
  return async (look) => {
    const since = Date.now();
    let told = '';
    for (;;) {
      if (signal.aborted) throw new ProcessError('PROCESS_INTERRUPTED', 'The network is being stopped.');
      const missing = await look().catch((error: unknown) => firstLine(error as Error));
      if (missing === undefined) return;
      if (missing !== told && Date.now() - since >= pace.patienceMs) {
        told = missing;
        tell(`  Waiting for other members: ${missing}`);
      }
      await pause(pace.betweenLooksMs);
    }
  };
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0] ?? '';
}
