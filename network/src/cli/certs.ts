import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { writePublicFile } from '../files';
import { readLiveNetwork } from '../deployment';
import {
  findUsers,
  isDue,
  listCertificates,
  renewCertificates,
  restartInTurn,
  revokeAtAuthority,
  type CertificateFacts,
  writeCertificateMetrics,
  type Renewal,
} from '../operations';
import { onlyHere, type Organisation, type Topology } from '../topology';
import { chooseOrganisations, NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import type { Reporter } from './reporter';
import { UsageError } from './usage-error';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  organisation: { type: 'string' },
  within: { type: 'string', default: '30' },
  restart: { type: 'boolean', default: false },
  metrics: { type: 'string' },
  list: { type: 'string' },
} as const;

/** What `certs` is about: organisations, and how many days ahead it looks. */
interface Question {
  readonly topology: Topology;
  readonly organisations: readonly Organisation[];
  readonly withinDays: number;
  readonly reporter: Reporter;
}

/**
 * `certs`: every certificate of the network, what is the matter with it, its days left and what renews it; exit code 1 when something is due
 * within so many days. `--metrics FILE` writes when each ends for node_exporter's textfile collector. `certs renew` renews that, and with `--restart`
 * restarts, one after another, the processes that read it. `certs revoke FILE --organisation NAME` revokes a certificate of an identity at the
 * organisation's CA; `--list FILE` keeps the revocation list.
 */
export const certs: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, OPTIONS, 2);
  const [verb, file] = positionals;
  const topology = onlyHere(topologyOf(values, config));
  const organisations = chooseOrganisations(topology, values.organisation);
  const question = { topology, organisations, withinDays: parseDays(values.within), reporter: reporterOf(values, config) };
  if (verb === 'revoke') return revoke(question, file, values.list);
  if (file !== undefined) throw new UsageError(`certs ${verb ?? ''} takes no file.`);
  if (verb === undefined) return list(question, values.metrics);
  if (verb !== 'renew') throw new UsageError(`certs ${verb}: there is only \`certs\`, \`certs renew\` and \`certs revoke\``);
  return renew(question, values.restart);
};

function list({ organisations, withinDays, reporter }: Question, metrics: string | undefined): number {
  const certificates = organisations.flatMap((each) => listCertificates(each));
  if (metrics !== undefined) writeCertificateMetrics(resolve(metrics), certificates);
  const due = certificates.filter((each) => isDue(each, withinDays));
  const verdict =
    due.length === 0
      ? `All ${String(certificates.length)} are good for ${String(withinDays)} days and more.`
      : `${String(due.length)} of ${String(certificates.length)} need something done within ${String(withinDays)} days:\n${due.map(formatDue).join('\n')}`;
  reporter.result('certs', [...certificates.map(formatCertificate), '', verdict].join('\n'), { certificates, due, withinDays });
  return due.length === 0 ? EXIT.done : EXIT.failed;
}

async function renew({ topology, organisations, withinDays, reporter }: Question, restart: boolean): Promise<number> {
  const renewals: Renewal[] = [];
  for (const organisation of organisations) renewals.push(...(await renewCertificates(topology, organisation, withinDays)));
  const users = findUsers(
    renewals.map(({ after }) => after),
    readLiveNetwork(topology),
  );
  if (restart) await restartInTurn(topology, users, (name) => reporter.note(`  ${name} is restarted`));
  const done = renewals.length === 0 ? `Nothing is due within ${String(withinDays)} days.` : renewals.map(formatRenewal).join('\n');
  const left =
    restart || users.length === 0 ? [] : [`To be restarted, one after another (\`certs renew --restart\` does it): ${users.join(', ')}`];
  const facts = { renewed: renewals.map(({ after }) => after), restarted: restart ? users : [], toRestart: restart ? [] : users };
  reporter.result('certs renew', [done, ...left].join('\n'), facts);
  return EXIT.done;
}

async function revoke(
  { topology, organisations, reporter }: Question,
  file: string | undefined,
  list: string | undefined,
): Promise<number> {
  const [organisation, ...more] = organisations;
  if (file === undefined || organisation === undefined || more.length > 0)
    throw new UsageError('certs revoke takes the file of a certificate and --organisation NAME: whose CA issued it.');
  const pem = readCertificate(file);
  const { serialNumber, subject } = new X509Certificate(pem);
  const revocationList = await revokeAtAuthority(topology, organisation, pem);
  if (list !== undefined) writePublicFile(resolve(list), revocationList);
  const said = `Revoked at ${organisation.ca.name}: ${subject.replaceAll('\n', ', ')}, serial ${serialNumber}.`;
  const next = `\`channel revoke ${organisation.name}\` tells the ledger.`;
  reporter.result('certs revoke', `${said}\n${next}`, { serial: serialNumber, subject, revocationList });
  return EXIT.done;
}

function readCertificate(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    return new X509Certificate(pem).toString();
  } catch (error) {
    throw new UsageError(`certs revoke ${file}: ${(error as Error).message}`);
  }
}

function formatCertificate({ organisation, purpose, role, condition, daysLeft, subject = '' }: CertificateFacts): string {
  const left = daysLeft === undefined ? '' : `${String(daysLeft)} days`;
  const columns = [organisation.padEnd(16), purpose.padEnd(9), role.padEnd(10), left.padStart(10)];
  return `  ${columns.join(' ')}  ${condition === 'good' ? subject : `${condition}!`}`;
}

function formatDue({ organisation, purpose, role, condition, daysLeft, place, renewedBy }: CertificateFacts): string {
  const what = condition === 'good' ? `ends in ${String(daysLeft)} days` : `is ${condition}`;
  return `  ${purpose} certificate of ${organisation}'s ${role} ${what} (${place})\n    renewed by: ${renewedBy}`;
}

function formatRenewal({ before, after }: Renewal): string {
  const was = before.daysLeft === undefined ? before.condition : `${String(before.daysLeft)} days`;
  return `  ${after.organisation}: ${after.purpose} certificate of the ${after.role}, ${was} -> ${String(after.daysLeft)} days`;
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 0) throw new UsageError(`--within ${text}: must be a number of days`);
  return days;
}
