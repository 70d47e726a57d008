import type { ProcessError } from '../process';
import type { Failure } from './reporter';

/** Ways out that only the command line knows: it has the verbs. */
const HINTS: Readonly<Record<string, string>> = {
  DEVNET_CONSORTIUM_DIFFERS: 'Give the topology file back what the ledger has, or forget the ledger with `reset`.',
};

/** What can be told of anything thrown. What a process said of its own end counts more than that it ended; an error without a code is a defect. */
export function describeFailure(error: unknown): Failure {
  const { code, message, hint, lastLines = [], reason, stack } = error as Partial<ProcessError> & Error;
  if (code === undefined) {
    return { code: 'INTERNAL', message: stack ?? String(error), hint: 'This is a defect of the network command; please report it.' };
  }
  const way = HINTS[reason?.code ?? code] ?? hint;
  return {
    code: reason?.code ?? code,
    message,
    ...(way === undefined ? {} : { hint: way }),
    ...(lastLines.length === 0 || reason !== undefined ? {} : { lastLines }),
  };
}
