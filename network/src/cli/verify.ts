import { existsSync } from 'node:fs';
import { listHere, type Topology } from '../topology';
import {
  compareChains,
  describeFinding,
  describeVerification,
  openDeliverSource,
  verifySource,
  type BlockSource,
  type Finding,
  type Verification,
} from '../verify';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { openKeptBlocks } from './open-kept-blocks';
import type { Reporter } from './reporter';
import { UsageError } from './usage-error';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  organisation: { type: 'string' },
  against: { type: 'string' },
  from: { type: 'string' },
  replay: { type: 'boolean', default: false },
} as const;

interface Wanted {
  readonly from: number;
  readonly replay: boolean;
  readonly keepDigests: boolean;
}

/**
 * `verify [FOLDER]`: proves the blocks of a folder or of a recording, or of a running network's node: `--organisation NAME` its peer, `NAME/orderer` its orderer; the
 * first organisation's peer unless told otherwise. `--against` compares with another folder or node. Exit code 1: something is wrong.
 */
export const verify: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, OPTIONS, 1);
  const [folder] = positionals;
  if (folder !== undefined && values.organisation !== undefined) throw new UsageError('Name a folder or --organisation, not both.');
  const reporter = reporterOf(values, config);
  const topology = (): Topology => topologyOf(values, config);
  const wanted = { from: parseFrom(values.from), replay: values.replay, keepDigests: values.against !== undefined };
  const source = folder === undefined ? openNode(topology(), values.organisation) : await openKeptBlocks(folder);
  const one = await prove(source, wanted, reporter);
  if (values.against === undefined) return one.findings.length === 0 ? EXIT.done : EXIT.failed;
  const other = await prove(
    existsSync(values.against) ? await openKeptBlocks(values.against) : openNode(topology(), values.against),
    wanted,
    reporter,
  );
  const fork = compare(one, other, reporter);
  return one.findings.length + other.findings.length === 0 && fork === undefined ? EXIT.done : EXIT.failed;
};

async function prove(source: BlockSource, wanted: Wanted, reporter: Reporter): Promise<Verification> {
  try {
    const onFinding = (finding: Finding): void => {
      tellFinding(reporter, source.name, finding);
    };
    const proved = await verifySource(source, { ...wanted, onFinding });
    const { digests: _digests, findings, ...facts } = proved;
    reporter.result('verify', describeVerification(proved).join('\n'), { ...facts, ok: findings.length === 0, findings: findings.length });
    return proved;
  } finally {
    source.close();
  }
}

function compare(one: Verification, other: Verification, reporter: Reporter): Finding | undefined {
  const { same, fork, ahead } = compareChains(one, other);
  if (fork !== undefined) tellFinding(reporter, `${one.source} against ${other.source}`, fork);
  const text = fork === undefined ? `The copies are the same in ${same} blocks.` : `The copies are the same up to block ${fork.block}.`;
  const facts = { ok: fork === undefined, same, sources: [one.source, other.source], ...(ahead === undefined ? {} : { ahead }) };
  reporter.result('verify.against', [text, ...(ahead === undefined ? [] : [`${ahead}.`])].join(' '), facts);
  return fork;
}

function tellFinding(reporter: Reporter, source: string, finding: Finding): void {
  reporter.result('verify.finding', `${source}, ${describeFinding(finding)}`, { ok: false, source, ...finding });
}

function openNode(topology: Topology, name: string | undefined): BlockSource {
  const [wanted, node = 'peer'] = name?.split('/') ?? [];
  const organisation = wanted === undefined ? listHere(topology)[0] : topology.organisations.find((each) => each.name === wanted);
  if (organisation === undefined || (node !== 'peer' && node !== 'orderer')) {
    const names = topology.organisations.map((each) => each.name).join(', ');
    throw new UsageError(`${name ?? ''} is no folder of block files and no organisation, alone or with /orderer. Organisations: ${names}`);
  }
  return openDeliverSource(topology, organisation, node);
}

function parseFrom(text: string | undefined): number {
  const from = Number(text ?? '0');
  if (!Number.isSafeInteger(from) || from < 0) throw new UsageError(`--from ${text ?? ''}: must be the number of a block`);
  return from;
}
