import type { ProcessError } from '../process';
import type { Failure } from './reporter';

/** Ways out that only the command line knows: it has the verbs. */
const HINTS: Readonly<Record<string, string>> = {
  DEVNET_CONSORTIUM_DIFFERS: 'Give the topology file back what the ledger has, or forget the ledger with `reset`.',
};

/** What can be told of anything thrown. What a process said of its own end counts more than that it ended; an error without a code is a defect. */
export function describeFailure(error: unknown): Failure {
  const thrown = error as Partial<ProcessError> & Error;
  if (thrown.code === undefined) {
    return { code: 'INTERNAL', message: thrown.stack ?? String(error), hint: 'This is a defect of the network command; please report it.' };
  }
  const { reason, message } = thrown;
  const code = reason?.code ?? thrown.code;
  const hint = HINTS[code] ?? thrown.hint;
  return { code, message, ...(hint === undefined ? {} : { hint }), ...(reason === undefined ? tellLastLines(thrown) : {}) };
}

function tellLastLines({ lastLines = [] }: Partial<ProcessError>): Pick<Failure, 'lastLines'> {
  return lastLines.length === 0 ? {} : { lastLines };
}
