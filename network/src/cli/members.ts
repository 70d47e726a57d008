import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writePublicFile } from '../files';
import {
  findAcquaintance,
  hasMaterial,
  importPublicPart,
  parsePublicPart,
  readPublicPart,
  serveOrganisations,
  type PublicPart,
} from '../identity';
import type { Organisation, Topology } from '../topology';
import {
  MEMBER_OPTION,
  NETWORK_OPTIONS,
  claimedTopologyOf,
  findOrganisation,
  parseCommand,
  reporterOf,
  topologyOf,
  type Command,
} from './command';
import type { CliConfig } from './config';
import { EXIT } from './exit-codes';
import type { Reporter } from './reporter';
import { UsageError } from './usage-error';

const OPTIONS = { ...NETWORK_OPTIONS, ...MEMBER_OPTION, output: { type: 'string' } } as const;
const MOST_WORDS = 1000;

type Values = ReturnType<typeof parseCommand<typeof OPTIONS>>['values'];

/**
 * `members`: what of each member is on this machine, with the fingerprints that members compare; `members export` writes the public part of the one
 * that is here, and first makes its keys and certificates where there are none; `members import FILE...` takes in those of others.
 */
export const members: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, OPTIONS, MOST_WORDS);
  const [verb, ...files] = positionals;
  const reporter = reporterOf(values, config);
  if (verb === 'export' && files.length === 0) await exportOwn(values, config, reporter);
  else if (verb === 'import' && files.length > 0) importOthers(topologyOf(values, config), files, reporter);
  else if (verb === undefined) list(topologyOf(values, config), reporter);
  else throw new UsageError('There is `members`, `members export --organisation NAME [--output FILE]` and `members import FILE...`.');
  return EXIT.done;
};

async function exportOwn(values: Values, config: CliConfig, reporter: Reporter): Promise<void> {
  const topology = claimedTopologyOf(values, config);
  const own = findOrganisation(topology, values.organisation);
  const enrolled = hasMaterial(own) ? [] : await enrollMaterial(topology, own);
  const file = resolve(values.output ?? join(topology.paths.run, `${own.name}.member.json`));
  const part = readPublicPart(topology, own);
  writePublicFile(file, `${JSON.stringify(part, undefined, 2)}\n`);
  const made = enrolled.length === 0 ? '' : `${String(enrolled.length)} certificates issued.\n`;
  const text = [`${made}The public part of ${own.title}, for the other members: ${file}`, ...describePart(part)].join('\n');
  reporter.result('members export', text, { file, organisation: own.name, enrolled: enrolled.length });
}

/** The authorities are up for just that long. */
async function enrollMaterial(topology: Topology, own: Organisation): Promise<readonly string[]> {
  const service = await serveOrganisations(topology, [own]);
  await service.close();
  return service.enrolled;
}

function importOthers(topology: Topology, files: readonly string[], reporter: Reporter): void {
  for (const file of files) {
    const part = parsePublicPart(readText(file), file);
    const { title, name } = importPublicPart(topology, part);
    reporter.result('members import', [`The public part of ${title}:`, ...describePart(part)].join('\n'), { file, organisation: name });
  }
  reporter.note('Compare the fingerprints with the members by another way than these files came.');
}

function list(topology: Topology, reporter: Reporter): void {
  const facts = topology.organisations.map((member) => {
    const acquaintance = findAcquaintance(member);
    return { organisation: member.name, mspId: member.mspId, acquaintance, ...fingerprintsOf(topology, member) };
  });
  const lines = topology.organisations.flatMap((member) => {
    const acquaintance = findAcquaintance(member);
    const head = `${member.title} (${member.mspId}), peer ${member.endpoints.peer}${member.nodes.orderer ? `, orderer ${member.endpoints.orderer}` : ''}`;
    const part = acquaintance === 'unknown' ? ['  not on this machine'] : describePart(readPublicPart(topology, member));
    return [acquaintance === 'own' ? `${head}; its keys are here` : head, ...part];
  });
  reporter.result('members', lines.join('\n'), { members: facts });
}

function fingerprintsOf(topology: Topology, member: Organisation): { readonly ca?: string; readonly tlsCa?: string } {
  if (findAcquaintance(member) === 'unknown') return {};
  const { ca, tlsCa } = readPublicPart(topology, member);
  return { ca: fingerprint(ca), tlsCa: fingerprint(tlsCa) };
}

function describePart({ ca, tlsCa, orderer }: PublicPart): string[] {
  const parts = [
    ['authority of identities', ca],
    ['authority of TLS keys', tlsCa],
    ['orderer', orderer?.identity],
    ['TLS of the orderer', orderer?.tls],
  ] as const;
  return parts.flatMap(([what, pem]) => (pem === undefined ? [] : [`  ${what.padEnd(24)} ${fingerprint(pem)}`]));
}

/** SHA-256, as the words about a channel begin it. */
function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`members import ${file}: ${(error as Error).message}`);
  }
}
