import type { NodeReport } from '../../nodes/node-facts';
import type { Finding, Judgement } from '../finding';

/** The newest block that a peer has. */
export interface Tip {
  readonly member: string;
  readonly height: number;
  /** Of the newest block, hexadecimal. */
  readonly hash: string;
}

export interface HeightsFacts {
  /** Peers and orderers. */
  readonly first: readonly NodeReport[];
  /** The same a moment later; undefined: all had the same, so that there was no need. */
  readonly later: readonly NodeReport[] | undefined;
  readonly betweenMs: number;
  readonly tips: readonly Tip[];
}

/** Whether every node has the blocks of the channel, or gets them; and whether peers with as many blocks have the same ones. */
export function judgeHeights({ first, later, betweenMs, tips }: HeightsFacts): Judgement {
  const highest = Math.max(0, ...first.map(heightOf));
  const behind = (later ?? []).flatMap((node) => judgeLag(node, { first, highest, betweenMs }));
  return {
    summary: `every node has ${String(highest)} blocks`,
    findings: [...(later ?? first).flatMap(judgePresence), ...behind, ...judgeForks(tips)],
    unseen: first.filter((node) => node.kind === 'silent' && !isPeer(node)).map(({ name }) => ({ what: name, why: 'it does not answer' })),
  };
}

function heightOf(node: NodeReport): number {
  return node.kind === 'silent' ? 0 : (node.height ?? 0);
}

function isPeer({ kind, name }: NodeReport): boolean {
  return kind === 'peer' || (kind === 'silent' && name.startsWith('peer-'));
}

/** Orderers are judged by another check. */
function judgePresence(node: NodeReport): Finding[] {
  if (!isPeer(node)) return [];
  const { name, organisation: member } = node;
  if (node.kind === 'silent') {
    const remedy = `\`logs ${name}\` says why; then \`restart ${name}\`. It gets the blocks that it lacks by itself.`;
    return [{ severity: 'error', member, problem: `${name} does not answer.`, remedy }];
  }
  if (node.height !== undefined) return [];
  const remedy = `\`logs ${name}\` says whether it failed to open the channel; a peer that never joined does at the next \`up\`.`;
  return [{ severity: 'error', member, problem: `${name} is not in the channel.`, remedy }];
}

interface Race {
  readonly first: readonly NodeReport[];
  readonly highest: number;
  readonly betweenMs: number;
}

/** Behind is who does not even now have what another had then: under load each is a block behind at any moment. */
function judgeLag(node: NodeReport, { first, highest, betweenMs }: Race): Finding[] {
  if (node.kind === 'silent' || node.height === undefined || node.height >= highest) return [];
  const { name, organisation: member, height } = node;
  const lacks = `${name} has ${String(height)} of ${String(highest)} blocks`;
  const before = first.find((each) => each.name === name);
  const wait = 'Wait; `status --watch` shows it. If it never ends, its machine is too slow or too busy.';
  if (before === undefined || before.kind === 'silent') {
    return [{ severity: 'warning', member, problem: `${lacks}, and did not answer a moment ago.`, remedy: wait }];
  }
  const gained = height - heightOf(before);
  if (gained > 0) {
    const rate = Math.max(1, Math.round((gained * 1000) / betweenMs));
    return [{ severity: 'warning', member, problem: `${lacks} and catches up, ${String(rate)} a second.`, remedy: wait }];
  }
  // One that was away for the votes of a single block asks for it only after ten signs of life of the leader (SmartBFT, heartbeat monitor).
  if (node.kind === 'orderer' && height === highest - 1)
    return [
      { severity: 'warning', member, problem: `${lacks}.`, remedy: 'Look again: within ten seconds or so it fetches the one block.' },
    ];
  const remedy = `\`logs ${name}\`: does it reach the orderers, is its disk full, does it wait for private data? Then \`restart ${name}\`.`;
  return [{ severity: 'error', member, problem: `${lacks} and gets no more.`, remedy }];
}

/** Peers with as many blocks must have the same newest one: its hash stands for the whole chain. */
function judgeForks(tips: readonly Tip[]): Finding[] {
  return tips.flatMap(({ member, height, hash }) => {
    const same = tips.filter((other) => other.height === height);
    const agree = same.filter((other) => other.hash === hash);
    if (agree.length * 2 > same.length || same.length < 2) return [];
    const problem = `peer-${member} has another block ${String(height - 1)} than the peer${same.length > 2 ? 's' : ''} of ${same
      .filter((other) => other.hash !== hash)
      .map((other) => other.member)
      .join(', ')}: the chains differ.`;
    const remedy = `\`verify --organisation ${member} --against ${same.find((other) => other.hash !== hash)?.member ?? ''}\` says from which block on, and whose signatures hold. Restore the wrong one.`;
    return [{ severity: 'error' as const, member, problem, remedy }];
  });
}
