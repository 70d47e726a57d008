import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readBuiltChaincode } from '../deployment';
import { writePrivateFile } from '../files';
import {
  approveDefinition,
  chooseDefinition,
  commitDefinition,
  describeTerms,
  formatReadiness,
  installPackage,
  listInstalled,
  openPeerConnection,
  queryApproved,
  queryCommitted,
  readMembers,
  type NamedDefinition,
  type PeerConnection,
  type Release,
} from '../lifecycle';
import { newChaincodePackage, type ChaincodePackage } from '../lifecycle/package';
import type { Topology } from '../topology';
import { findOrganisation, NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import type { Reporter } from './reporter';
import { UsageError } from './usage-error';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  organisation: { type: 'string' },
  package: { type: 'string' },
  'package-id': { type: 'string' },
  version: { type: 'string' },
  sequence: { type: 'string' },
  out: { type: 'string' },
} as const;

type Values = ReturnType<typeof parseCommand<typeof OPTIONS>>['values'];

/** One step of one member. */
interface Step {
  readonly topology: Topology;
  readonly values: Values;
  readonly connection: PeerConnection;
  readonly reporter: Reporter;
}

const STEPS: Readonly<Record<string, (step: Step) => Promise<void>>> = { install, approve, readiness, commit, query };
const WORDS = `package, ${Object.keys(STEPS).join(', ')}`;

/**
 * `lifecycle STEP --organisation NAME`: a step of a chaincode's life that one member takes alone, as its own admin at its own peer, so that
 * members on different machines come to one definition. `deploy` takes all of them for all members of a machine.
 */
export const lifecycle: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, OPTIONS, 1);
  const topology = topologyOf(values, config);
  const reporter = reporterOf(values, config);
  const [word = ''] = positionals;
  if (word === 'package') {
    pack(topology, values, reporter);
    return EXIT.done;
  }
  const take = STEPS[word];
  if (take === undefined) throw new UsageError(`lifecycle ${word}: must be one of ${WORDS}`);
  if (topology.ledger !== 'fabric') throw new UsageError('lifecycle asks peers of Fabric (`--ledger fabric`); the devnet has `deploy`');
  const connection = openPeerConnection(findOrganisation(topology, values.organisation));
  try {
    await take({ topology, values, connection, reporter });
  } finally {
    connection.close();
  }
  return EXIT.done;
};

function pack({ chaincode, paths }: Topology, { out }: Values, reporter: Reporter): void {
  const built = readBuiltChaincode(chaincode.folder, chaincode.name);
  const { packageId, bytes } = newChaincodePackage(built);
  const file = resolve(out ?? join(paths.run, `${built.label}.tgz`));
  writePrivateFile(file, bytes);
  reporter.result('lifecycle package', `Packed ${packageId}\n  ${file}`, { packageId, file, bytes: bytes.length });
}

async function install({ topology, values, connection, reporter }: Step): Promise<void> {
  const bytes = values.package === undefined ? builtPackage(topology).bytes : readPackage(values.package);
  const facts = await installPackage(connection, bytes);
  const done = facts.before ? 'was installed already' : 'is installed';
  reporter.result('lifecycle install', `${facts.packageId}\n  ${done} on the peer of ${connection.organisation.title}.`, { ...facts });
}

async function approve(step: Step): Promise<void> {
  const { topology, connection, reporter } = step;
  const release = releaseOf(step);
  const definition = await definitionOf(step, release);
  const transactionId = await approveDefinition(connection, topology.channel, definition, release.packageId);
  const who = connection.organisation.title;
  const what = `sequence ${String(definition.sequence)} of ${definition.name}, version ${definition.terms.version}`;
  const text = transactionId === undefined ? `${who} approved ${what} before.` : `${who} approved ${what} (transaction ${transactionId}).`;
  reporter.result('lifecycle approve', text, { sequence: definition.sequence, packageId: release.packageId, transactionId });
}

async function readiness(step: Step): Promise<void> {
  const { topology, connection, reporter } = step;
  const definition = await definitionOf(step, releaseOf(step));
  const { name, sequence } = definition;
  const committed = await queryCommitted(connection, topology.channel, name);
  if (committed !== undefined && committed.sequence >= sequence) {
    reporter.result('lifecycle readiness', `Sequence ${String(sequence)} of ${name} is committed.`, { sequence, committed: true });
    return;
  }
  const members = await readMembers([connection], topology.channel, definition);
  const text = [`Sequence ${String(sequence)} of ${name}:`, ...formatReadiness(members).map((line) => `  ${line}`)].join('\n');
  reporter.result('lifecycle readiness', text, { sequence, committed: false, members });
}

async function commit(step: Step): Promise<void> {
  const { topology, connection, reporter } = step;
  const definition = await definitionOf(step, releaseOf(step));
  const transactionId = await commitDefinition(connection, topology.channel, definition);
  const what = `Sequence ${String(definition.sequence)} of ${definition.name}`;
  const text = transactionId === undefined ? `${what} was committed before.` : `${what} is committed (transaction ${transactionId}).`;
  reporter.result('lifecycle commit', text, { sequence: definition.sequence, transactionId });
}

async function query({ topology, connection, reporter }: Step): Promise<void> {
  const { channel, chaincode } = topology;
  const installed = await listInstalled(connection);
  const committed = await queryCommitted(connection, channel, chaincode.name);
  const approved = committed && (await queryApproved(connection, channel, chaincode.name, committed.sequence));
  const next = await queryApproved(connection, channel, chaincode.name, (committed?.sequence ?? 0) + 1);
  const facts = {
    installed,
    ...(committed && { committed: { sequence: committed.sequence, ...describeTerms(committed.terms), approvals: committed.approvals } }),
    ...(approved && { runs: approved.packageId }),
    ...(next && { approvedNext: { sequence: next.sequence, packageId: next.packageId, ...describeTerms(next.terms) } }),
  };
  reporter.result('lifecycle query', formatFacts(facts).join('\n'), facts);
}

/** As it is built here, unless a member says what it was given. */
function releaseOf({ topology, values }: Step): Release {
  const { 'package-id': packageId, version } = values;
  if (packageId !== undefined && version !== undefined) return { packageId, version };
  const built = readBuiltChaincode(topology.chaincode.folder, topology.chaincode.name);
  return { packageId: packageId ?? newChaincodePackage(built).packageId, version: version ?? built.version };
}

function builtPackage({ chaincode }: Topology): ChaincodePackage {
  return newChaincodePackage(readBuiltChaincode(chaincode.folder, chaincode.name));
}

function readPackage(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`--package ${file}: ${(error as Error).message}`);
  }
}

async function definitionOf({ topology, values, connection }: Step, release: Release): Promise<NamedDefinition> {
  const definition = await chooseDefinition(connection, topology, release);
  if (values.sequence === undefined) return definition;
  const sequence = Number(values.sequence);
  if (!Number.isInteger(sequence) || sequence < 1) throw new UsageError(`--sequence ${values.sequence}: must be a number from 1 on`);
  return { ...definition, sequence };
}

/** Facts as an indented list. */
function formatFacts(facts: object, indent = ''): string[] {
  return Object.entries(facts).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? [`${indent}${name}:`, ...formatFacts(value, `${indent}  `)]
      : [`${indent}${name}: ${String(value)}`],
  );
}
