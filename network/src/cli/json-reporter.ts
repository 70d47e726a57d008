import type { Reporter } from './reporter';

/** One JSON object per line and step. */
export function newJsonReporter(print: (line: string) => void): Reporter {
  const tell = (line: object): void => {
    print(JSON.stringify(line));
  };
  return {
    introduce: () => undefined,
    step: () => undefined,
    note: () => undefined,
    event: () => undefined,
    up: ({ ms, transactions, resumed, sequence }, { name, organisations, ledger, channel }) => {
      tell({
        step: 'up',
        title: `The network ${name} is up`,
        ok: true,
        ms,
        transactions,
        resumed,
        sequence,
        ledger,
        channel,
        organisations,
      });
    },
    result: (step, title, facts) => {
      tell({ step, title, ok: true, ...facts });
    },
    failure: (step, { ms, ...error }) => {
      tell({ step, title: error.message, ok: false, ms, transactions: [], error });
    },
  };
}
