import type { FollowedConfiguration } from './chain-walk';
import type { Finding } from './finding';
import type { Verification } from './verify-source';

/** For people: what was proved of a copy of the chain, and what was not, a line each. */
export function describeVerification(proved: Verification): readonly string[] {
  const { first, last, findings } = proved;
  if (first === undefined || last === undefined) return [`${proved.source}: no block could be read`];
  return [
    `${proved.source}: channel ${proved.channel ?? 'unknown'}, blocks ${first.number} to ${last.number}, ${proved.transactions} transactions`,
    findings.length === 0 ? '  Nothing is wrong.' : `  ${countOf(findings.length, 'finding')}.`,
    `  Links and contents: ${proved.blocks} blocks, each against the one before it and its own header.`,
    ...describeSignatures(proved),
    ...describeOutcomes(proved),
    describeAnchor(first.number, first.header, proved.configurations[0]),
    `  Block ${last.number}: header ${last.header}${last.commitHash === undefined ? '' : `, commit hash ${last.commitHash}`}.`,
  ];
}

export function describeFinding({ block, what, means }: Finding): string {
  return `block ${block}: ${what}\n  ${means}`;
}

function describeSignatures({ signatures, configurations, unjudged }: Verification): readonly string[] {
  const by = configurations.map(describeConfiguration).join('; ');
  return [
    `  Signatures: ${signatures} of orderers, each by the configuration of its time (${by}).`,
    ...unjudged.map(
      ([from, to]) =>
        `  Not proved: the signatures of ${from === to ? `block ${from}` : `blocks ${from} to ${to}`}, for the configuration that held then is not.`,
    ),
  ];
}

function describeConfiguration({ block, consensus, orderers, quorum }: FollowedConfiguration): string {
  const rule = quorum === undefined ? '' : `, ${quorum} of ${orderers} have to sign`;
  return `block ${block}: ${consensus}${rule}`;
}

function describeOutcomes({ commitHashes, judged, gap }: Verification): readonly string[] {
  return [
    ...(commitHashes === 0
      ? []
      : [`  Outcomes: ${countOf(commitHashes, 'commit hash', 'commit hashes')} come from the transactions and their codes.`]),
    ...(judged === 0 ? [] : [`  Codes: ${countOf(judged, 'transaction')} judged again by the rules.`]),
    ...(gap === undefined ? [] : [`  Not proved: outcomes, ${gap}.`]),
  ];
}

/** Nothing in a chain proves where it begins. */
function describeAnchor(first: number, header: string, configuration: FollowedConfiguration | undefined): string {
  if (first === 0) return `  Believed: block 0, header ${header}. Compare it with the one that the channel was founded with.`;
  return `  Believed: everything before block ${first}, and the configuration of block ${configuration?.block ?? 'none'}.`;
}

function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
