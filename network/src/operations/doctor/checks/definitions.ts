import { compareTerms, describeTerms, type DefinitionTerms, type FieldDifference } from '../../../lifecycle';
import type { Finding, Judgement } from '../finding';

/** A definition at its place in the order of definitions. */
export interface NumberedTerms {
  readonly sequence: number;
  readonly terms: DefinitionTerms;
}

/** What one organisation's own peer says of the chaincode's definition. */
export interface MemberDefinitions {
  readonly member: string;
  readonly mspId: string;
  /** What it has seen committed; undefined: nothing. */
  readonly committed: (NumberedTerms & { readonly approvals: Readonly<Record<string, boolean>> }) | undefined;
  /** What it runs for that; undefined: it has approved none. */
  readonly packageId: string | undefined;
  /** What it has approved for the next sequence; undefined: nothing. */
  readonly next: NumberedTerms | undefined;
}

export interface DefinitionsFacts {
  readonly chaincode: string;
  readonly members: readonly MemberDefinitions[];
  /** What the topology wants, in the version that is committed; undefined: nothing is. */
  readonly wanted: DefinitionTerms | undefined;
  /** Organisations whose peer did not say. */
  readonly silent: readonly { readonly member: string; readonly why: string }[];
}

/** Whether all members have seen, approved and are about to approve the same definition. */
export function judgeDefinitions({ chaincode, members, wanted, silent }: DefinitionsFacts): Judgement {
  const newest = findNewest(members);
  const name = newest && `sequence ${String(newest.sequence)} of ${chaincode}`;
  return {
    summary: name === undefined ? '' : `all agree on ${name}, version ${newest?.terms.version ?? ''}`,
    findings: [
      ...members.flatMap((each) => judgeCommitted(each, newest, chaincode)),
      ...judgePending(members, newest),
      ...judgeWish(wanted, newest),
    ],
    unseen: silent.map(({ member, why }) => ({ what: `the definitions of ${member}`, why })),
  };
}

type Committed = NonNullable<MemberDefinitions['committed']>;

function findNewest(members: readonly MemberDefinitions[]): Committed | undefined {
  return members.flatMap(({ committed }) => (committed === undefined ? [] : [committed])).toSorted((a, b) => b.sequence - a.sequence)[0];
}

function judgeCommitted(
  { member, mspId, committed, packageId }: MemberDefinitions,
  newest: Committed | undefined,
  name: string,
): Finding[] {
  const severity = 'error';
  if (committed === undefined || newest === undefined) {
    return [
      {
        severity,
        member,
        problem: `The peer of ${member} has no committed definition of ${name}.`,
        remedy: '`deploy`, or `heights` above says why it lags.',
      },
    ];
  }
  if (committed.sequence < newest.sequence) {
    const problem = `The peer of ${member} still has sequence ${String(committed.sequence)} of ${name}, others have ${String(newest.sequence)}.`;
    return [{ severity, member, problem, remedy: 'It lacks blocks: see `heights`.' }];
  }
  const differences = compareTerms(newest.terms, committed.terms);
  if (differences.length > 0) {
    const problem = `The peer of ${member} has another sequence ${String(committed.sequence)} of ${name}: ${formatFields(differences)}.`;
    return [{ severity, member, problem, remedy: `The chains differ: \`verify --organisation ${member} --against\` another member.` }];
  }
  const remedy = `\`lifecycle approve --organisation ${member}\`, or \`deploy\` for all members of this machine.`;
  if (newest.approvals[mspId] === false) {
    const problem = `${member} has not approved sequence ${String(newest.sequence)} of ${name}, which the others committed: its peer endorses nothing.`;
    return [{ severity, member, problem, remedy }];
  }
  if (packageId !== undefined) return [];
  const problem = `${member} has approved sequence ${String(newest.sequence)} of ${name} without a package: its peer endorses nothing.`;
  return [{ severity, member, problem, remedy }];
}

/** Approvals of a definition that is not committed: differing ones can never be, one that others lack waits for them. */
function judgePending(members: readonly MemberDefinitions[], newest: Committed | undefined): Finding[] {
  const sequence = (newest?.sequence ?? 0) + 1;
  const pending = members.flatMap(({ member, next }) => (next?.sequence === sequence ? [{ member, terms: next.terms }] : []));
  const [first, ...rest] = pending;
  if (first === undefined) return [];
  const others = rest
    .map((each) => ({ ...each, differences: compareTerms(first.terms, each.terms) }))
    .filter(({ differences }) => differences.length > 0);
  if (others.length > 0) {
    return others.map(({ member, differences }) => ({
      severity: 'error',
      member,
      problem: `${member} has approved another sequence ${String(sequence)} than ${first.member}: ${formatFields(differences)}.`,
      remedy: `Agree on one, then \`lifecycle approve\` it at those who have another; \`lifecycle readiness --organisation ${member}\` says who stands where.`,
    }));
  }
  const waiting = members.filter(({ member }) => !pending.some((each) => each.member === member)).map(({ member }) => member);
  const what = `sequence ${String(sequence)} (${describeChange(first.terms, newest)})`;
  if (waiting.length === 0) {
    const remedy = `\`lifecycle commit --organisation ${first.member}\``;
    return [{ severity: 'warning', member: undefined, problem: `All have approved ${what}, and nobody has committed it.`, remedy }];
  }
  return [
    {
      severity: 'warning',
      member: undefined,
      problem: `${pending.map(({ member }) => member).join(', ')} approved ${what}; ${waiting.join(', ')} did not.`,
      remedy: `If it is wanted: \`lifecycle approve\` at enough of them, then \`lifecycle commit\`. If not, the next definition takes its place.`,
    },
  ];
}

function judgeWish(wanted: DefinitionTerms | undefined, newest: Committed | undefined): Finding[] {
  const differences = wanted === undefined || newest === undefined ? [] : compareTerms(wanted, newest.terms);
  if (differences.length === 0) return [];
  const problem = `The topology file wants another definition than the channel has: ${formatFields(differences)}.`;
  return [
    {
      severity: 'warning',
      member: undefined,
      problem,
      remedy: '`deploy` makes it the next sequence; or give the topology file back what the channel has.',
    },
  ];
}

function describeChange(terms: DefinitionTerms, newest: Committed | undefined): string {
  const differences = newest === undefined ? [] : compareTerms(terms, newest.terms);
  if (differences.length === 0) return `version ${describeTerms(terms)['version'] ?? ''}`;
  return differences.map(({ field, wanted, found }) => `${field}: ${wanted} instead of ${found}`).join('; ');
}

function formatFields(differences: readonly FieldDifference[]): string {
  return differences.map(({ field, wanted, found }) => `${field}: ${found} instead of ${wanted}`).join('; ');
}
