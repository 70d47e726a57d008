import { mspIdOf, type RecordedAnswer, type RecordedError, type Step } from './recording';

/**
 * An answer without what differs from run to run: the normalisations of the recording's README. firstBlock: number of the first block that
 * the transcript made.
 */
export function normaliseAnswer(step: Step, answer: RecordedAnswer, firstBlock: number): unknown {
  const { endorsers, txid: _, block, result, error, each, code } = answer;
  return {
    code,
    result: result?.replace(/x509::[^"]*/g, '<client id>'),
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

function normaliseError({ name, code, message, details }: RecordedError): unknown {
  // Which of the orderers answered first is chance.
  const plain = details.map(([mspId, text]) => `${text.includes('from orderer') ? '<orderer>' : mspId}: ${normaliseText(text)}`);
  return { name, code, message: normaliseText(message), details: plain.sort() };
}

function normaliseText(text: string): string {
  return text
    .replace(/\b[0-9a-f]{64}\b/g, '<txid>')
    .replace(/\{BlockNum: \d+, TxNum: \d+\}/g, '{version}')
    .replace(/\[(_implicit_org_\w+(?: _implicit_org_\w+)+)\]/g, (_, names: string) => `[${names.split(' ').sort().join(' ')}]`);
}
