import { setTimeout as pause } from 'node:timers/promises';
import type { WaitForOthers } from '../../lifecycle';
import { ProcessError } from '../../process';

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

/** Members on other machines start theirs when they start them; an error of `look` counts as missing. */
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
