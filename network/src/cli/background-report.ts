import { RotatingLog } from '../process';
import { newHumanReporter } from './human-reporter';
import type { Reporter } from './reporter';

/** One call of a reporter, as it travels from a background network to the command that waits for it. */
export interface Report {
  readonly method: keyof Reporter;
  readonly parts: readonly unknown[];
}

/** Tells the waiting command as long as it waits, and the log always. */
export function newBackgroundReporter(logFile: string): Reporter {
  const log = new RotatingLog(logFile);
  const toLog = newHumanReporter((line) => {
    log.write(`${new Date().toISOString()} ${line}`);
  }, false);
  const tell = (method: keyof Reporter, ...parts: unknown[]): void => {
    if (process.connected) process.send?.({ method, parts } satisfies Report);
    (toLog[method] as (...parts: unknown[]) => void)(...parts);
  };
  return {
    // The first to speak comes before the run folder is ours: not for the log.
    introduce: (network) => {
      if (process.connected) process.send?.({ method: 'introduce', parts: [network] } satisfies Report);
    },
    step: (step) => {
      tell('step', step);
    },
    up: (facts, network) => {
      tell('up', facts, network);
    },
    event: (event) => {
      tell('event', event);
    },
    note: (text) => {
      tell('note', text);
    },
    result: (step, text, facts) => {
      tell('result', step, text, facts);
    },
    failure: (step, failure) => {
      if (process.connected) process.send?.({ method: 'failure', parts: [step, failure] } satisfies Report);
    },
  };
}

/** The other end: says it again, here. */
export function replay(report: Report, reporter: Reporter): void {
  (reporter[report.method] as (...parts: readonly unknown[]) => void)(...report.parts);
}
