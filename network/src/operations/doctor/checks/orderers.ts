import type { NodeReport, OrdererFacts } from '../../nodes/node-facts';
import type { Finding, Judgement } from '../finding';

export interface OrderersFacts {
  /** What each orderer said, or that it said nothing. */
  readonly first: readonly NodeReport[];
  /** The same a moment later; undefined: there was no need to look again. */
  readonly later: readonly NodeReport[] | undefined;
  /** How many others are on machines of other members. */
  readonly elsewhere: number;
}

/** Whether enough orderers take part, and all of them follow one leader (fabric/common/policies/bft.go has the numbers). */
export function judgeOrderers({ first, later = first, elsewhere }: OrderersFacts): Judgement {
  const working = later.filter(isWorking);
  const all = Math.max(later.length, ...later.map((each) => (each.kind === 'orderer' ? (each.consenters ?? 0) : 0)));
  const needed = quorumOf(all);
  const leading = findCommonLeader(working);
  const spare = elsewhere > 0 ? undefined : working.length - needed;
  const findings = later.flatMap((each) => judgeOrderer(each, { first, leading, spare }));
  const halted = spare !== undefined && spare < 0 ? [newHalted(working.length, all, needed)] : [];
  return {
    summary: `${String(working.length)} of ${String(all)} take part, ${describeLeader(leading, working)}`,
    findings: [...halted, ...findings],
    unseen: elsewhere === 0 ? [] : [{ what: `${String(elsewhere)} orderers of other members`, why: 'they are on machines of their own' }],
  };
}

/** How many of so many orderers a block needs. */
export function quorumOf(orderers: number): number {
  const tolerated = Math.floor((orderers - 1) / 3);
  return Math.ceil((orderers + tolerated + 1) / 2);
}

function isWorking(node: NodeReport): node is OrdererFacts {
  return node.kind === 'orderer' && node.isActive && node.isConsenter && node.leaderId !== undefined;
}

/** Leader and view of most. */
function findCommonLeader(working: readonly OrdererFacts[]): OrdererFacts | undefined {
  const followers = (one: OrdererFacts): number => working.filter((other) => isSameLeader(one, other)).length;
  return working.toSorted((a, b) => followers(b) - followers(a))[0];
}

function isSameLeader(one: OrdererFacts, other: OrdererFacts): boolean {
  return one.leaderId === other.leaderId && one.view === other.view;
}

interface Surroundings {
  readonly first: readonly NodeReport[];
  readonly leading: OrdererFacts | undefined;
  /** How many more may fail; undefined: not all were asked. */
  readonly spare: number | undefined;
}

function judgeOrderer(node: NodeReport, { first, leading, spare }: Surroundings): Finding[] {
  const { name, organisation: member } = node;
  const restart = `\`logs ${name}\` says why; then \`restart ${name}\`. It gets the blocks that it lacks by itself.`;
  const newError = (problem: string, remedy = restart): Finding => ({ severity: 'error', member, problem, remedy });
  if (node.kind === 'silent')
    return [newError(`${name} does not answer.${spare === 0 ? ' The others go on, but none of them may fail as well.' : ''}`)];
  if (node.kind !== 'orderer') return [];
  if (node.height === undefined)
    return [newError(`${name} is not in the channel.`, '`down` and `up`: a start brings it into the channel.')];
  if (node.status === 'failed') return [newError(`${name} has given up taking part in the channel.`)];
  if (node.status === 'onboarding') {
    const remedy = 'Wait until it has all blocks; `status --watch` shows it.';
    return [
      { severity: 'warning', member, problem: `${name} gets the blocks that were made without it, and does not take part yet.`, remedy },
    ];
  }
  if (!node.isActive) return [newError(`${name} does not take part in the channel.`)];
  if (!node.isConsenter) {
    const remedy = `\`channel show\` says which orderers have a vote, and by which certificate; \`channel rotate-orderer ${member}\` gives it the one it has.`;
    return [newError(`${name} has no vote: the channel does not know it, or knows another certificate of it.`, remedy)];
  }
  return judgeLeader(node, first, leading);
}

function judgeLeader(node: OrdererFacts, first: readonly NodeReport[], leading: OrdererFacts | undefined): Finding[] {
  const { name, organisation: member } = node;
  const before = first.find((each): each is OrdererFacts => each.kind === 'orderer' && each.name === name);
  if (node.leaderId === undefined) {
    const remedy = `Wait for the vote (a minute at most), then \`logs ${name}\`, then \`restart ${name}\`.`;
    return [{ severity: 'error', member, problem: `${name} has no leader.`, remedy }];
  }
  // While a vote goes on they differ for a moment.
  if (leading === undefined || isSameLeader(node, leading) || before === undefined || !isSameLeader(before, node)) return [];
  const problem = `${name} follows consenter ${String(node.leaderId)} (view ${String(node.view)}), most others consenter ${String(leading.leaderId)} (view ${String(leading.view)}).`;
  const remedy = `See whether it reaches the others (\`logs ${name}\`), then \`restart ${name}\`.`;
  return [{ severity: 'error', member, problem, remedy }];
}

function newHalted(working: number, all: number, needed: number): Finding {
  return {
    severity: 'error',
    member: undefined,
    problem: `No transaction can be ordered: ${String(working)} of ${String(all)} orderers take part, ${String(needed)} are needed. Questions are still answered.`,
    remedy:
      'Bring the orderers below back, one is enough to begin with; what was submitted meanwhile may be ordered then: ask for its status, do not send it anew.',
  };
}

function describeLeader(leading: OrdererFacts | undefined, working: readonly OrdererFacts[]): string {
  if (leading?.leaderId === undefined) return 'without a leader';
  const leader = working.find(({ isLeader, leaderId }) => isLeader && leaderId === leading.leaderId);
  return `led by ${leader?.organisation ?? `consenter ${String(leading.leaderId)}`}`;
}
