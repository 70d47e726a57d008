import { mspIdOf, type RecordedAnswer, type RecordedError, type Step } from './recording';

/** Go's protobuf library writes a no-break space into its errors in one half of all builds, so that nobody relies on them. */
const PROTO_ERROR = /proto:\s/g;
const ENDORSER = '<endorser>';
const VERSION = /\{BlockNum: \d+, TxNum: \d+\}/g;

/**
 * An answer without what differs from run to run: the normalisations of the recording's README. firstBlock: number of the first block that
 * the transcript made.
 */
export function normaliseAnswer(step: Step, answer: RecordedAnswer, firstBlock: number): unknown {
  const { endorsers, txid: _, block, result, error, each, code } = answer;
  return {
    code,
    result: result === undefined ? undefined : normaliseResult(result),
    endorsers: endorsers && normaliseEndorsers(step, endorsers),
    block: block === undefined ? undefined : block - firstBlock,
    each: each?.map((one) => ({ ...one, block: one.block - firstBlock })),
    error: error && normaliseError(error),
  };
}

/**
 * Where the gateway chooses, it chooses at random among those that satisfy the policy: how many, and whether the own organisation is among
 * them, stays; that they satisfy it is what the validation code says.
 */
function normaliseEndorsers(step: Step, endorsers: readonly string[]): unknown {
  if (step.orgs !== undefined) return endorsers;
  return { count: endorsers.length, own: endorsers.includes(mspIdOf(step.org ?? '')) };
}

/** A result may hold a client id, or the text of an error that the chaincode caught. */
export function normaliseResult(result: string): string {
  return result
    .replace(/x509::[^"]*/g, '<client id>')
    .replace(/(transaction ID: |txid:? \[?)[0-9a-f]{64}/g, '$1<txid>')
    .replace(VERSION, '{version}');
}

/** The details are sorted: they arrive in any order. How many endorsers do not match is a matter of whose answer came first. */
export function normaliseError({ name, code, message, details }: RecordedError): RecordedErrorText {
  const plain = details.map(([mspId, text]) => `${placeholderOf(text) ?? mspId}: ${normaliseText(text)}`);
  return {
    name,
    code,
    message: normaliseText(message),
    details: plain.filter((text, at) => !text.startsWith(ENDORSER) || plain.indexOf(text) === at).sort(),
  };
}

/** Which of the orderers answered first is chance, and with whose answer the other endorsers' are compared: the first one's. */
function placeholderOf(text: string): string | undefined {
  if (text.includes('from orderer')) return '<orderer>';
  return text.includes('ProposalResponsePayloads do not match') ? ENDORSER : undefined;
}

export interface RecordedErrorText extends Omit<RecordedError, 'details'> {
  readonly details: readonly string[];
}

function normaliseText(text: string): string {
  return text
    .replace(/\b[0-9a-f]{64}\b/g, '<txid>')
    .replace(/Creator \[[0-9a-f]+\]/g, 'Creator [<creator>]')
    .replace(VERSION, '{version}')
    .replace(PROTO_ERROR, 'proto: ')
    .replace(/(collection\(s\): )\[([^\]]*)\]/g, (_, before: string, names: string) => `${before}[${names.split(' ').sort().join(' ')}]`);
}
