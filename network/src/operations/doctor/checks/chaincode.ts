import type { Finding, Judgement } from '../finding';

/** What became of a question to an organisation's chaincode at its own peer. */
export type ChaincodeAnswer =
  | { readonly kind: 'answered'; readonly ms: number }
  /** The peer itself did not. */
  | { readonly kind: 'peer silent' }
  | { readonly kind: 'late'; readonly afterMs: number }
  /** In the peer's words. */
  | { readonly kind: 'refused'; readonly said: string };

export interface ChaincodeFacts {
  readonly member: string;
  readonly answer: ChaincodeAnswer;
}

/** What peers say, and what it means. The first that fits. */
const CAUSES: readonly (readonly [said: RegExp, problem: string, remedy: (member: string) => string])[] = [
  [
    /not installed|no chaincode package|package .* not found|has not been (installed|approved)/i,
    'has no package for the definition that the channel has',
    (member) =>
      `\`deploy\`; on a machine of its own: \`lifecycle install --organisation ${member}\`, then \`lifecycle approve --organisation ${member}\`.`,
  ],
  [
    /chaincode .*not (found|defined|exist)|make sure the chaincode .* has been successfully (defined|instantiated)|no peers available to evaluate|no endorsers found/i,
    'does not know the chaincode',
    (member) => `\`lifecycle query --organisation ${member}\` says what is committed and installed; \`deploy\` brings it there.`,
  ],
  [
    /expired|certificate|tls|x509/i,
    'and its chaincode do not trust each other',
    (member) => `\`certs --organisation ${member}\`; then \`certs renew --organisation ${member} --restart\`.`,
  ],
];

/** Whether every organisation's chaincode answers its own peer. Nothing else tells: a peer counts as healthy without its chaincode. */
export function judgeChaincode(facts: readonly ChaincodeFacts[]): Judgement {
  const times = facts.flatMap(({ answer }) => (answer.kind === 'answered' ? [answer.ms] : []));
  return {
    summary: times.length === 0 ? '' : `answers at ${String(times.length)} peers within ${String(Math.max(...times))} ms`,
    findings: facts.flatMap(judgeOne),
    unseen: facts.flatMap(({ member, answer }) =>
      answer.kind === 'peer silent' ? [{ what: `chaincode-${member}`, why: 'its peer does not answer' }] : [],
    ),
  };
}

function judgeOne({ member, answer }: ChaincodeFacts): Finding[] {
  const name = `chaincode-${member}`;
  if (answer.kind === 'answered' || answer.kind === 'peer silent') return [];
  const restart = `See \`logs ${name}\`, then \`restart ${name}\`. Meanwhile others endorse; only what ${member} alone may endorse waits.`;
  if (answer.kind === 'late') {
    const problem = `${name} gave its peer no answer within ${String(answer.afterMs / 1000)} s.`;
    return [{ severity: 'error', member, problem, remedy: restart }];
  }
  const [, known, remedy] = CAUSES.find(([pattern]) => pattern.test(answer.said)) ?? [];
  if (known !== undefined && remedy !== undefined) {
    return [{ severity: 'error', member, problem: `The peer of ${member} ${known}: ${answer.said}`, remedy: remedy(member) }];
  }
  return [{ severity: 'error', member, problem: `${name} does not answer its peer: ${answer.said}`, remedy: restart }];
}
