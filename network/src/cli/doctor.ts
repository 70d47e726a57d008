import { examine, isHealthy, newDoctorSettings, type CheckReport, type DoctorFinding, type DoctorSettings } from '../operations';
import type { Topology } from '../topology';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import type { CliConfig } from './config';
import { EXIT } from './exit-codes';
import { UsageError } from './usage-error';

const OPTIONS = { ...NETWORK_OPTIONS, within: { type: 'string' }, 'free-megabytes': { type: 'string' } } as const;

type Values = ReturnType<typeof parseCommand<typeof OPTIONS>>['values'];

const NAME_WIDTH = 14;
const INDENT = ' '.repeat(NAME_WIDTH + 4);

/**
 * `doctor`: looks at all that a network depends on, whether it runs, half runs or is down, and tells what is wrong with what to do about it,
 * and what it could not look at. Exit code 1: something is wrong; warnings alone leave it 0.
 */
export const doctor: Command = async (argv, config) => {
  const { values } = parseCommand(argv, OPTIONS);
  const topology = topologyOf(values, config);
  const reporter = reporterOf(values, config);
  const reports: CheckReport[] = [];
  reporter.note(`The network ${topology.name}, ledger ${topology.ledger}, in ${topology.paths.run}`);
  for await (const report of examine(topology, settingsOf(values, topology, config))) {
    reports.push(report);
    reporter.result(`doctor ${report.check}`, formatReport(report, config.colour), { ...report, ok: isHealthy([report]) });
  }
  const findings = reports.flatMap(({ check, findings: found }) => found.map((finding) => ({ check, ...finding })));
  const count = (severity: DoctorFinding['severity']): number => findings.filter((each) => each.severity === severity).length;
  const unseen = reports.flatMap((report) => report.unseen);
  const counts = { errors: count('error'), warnings: count('warning'), unseen: unseen.length };
  reporter.result('doctor', formatVerdict(counts), { ok: isHealthy(reports), ...counts, findings });
  return isHealthy(reports) ? EXIT.done : EXIT.failed;
};

function settingsOf(values: Values, topology: Topology, { fabric }: CliConfig): DoctorSettings {
  const settings = newDoctorSettings(topology, fabric);
  const withinDays = values.within === undefined ? settings.withinDays : parseCount('within', values.within);
  const megabytes = values['free-megabytes'];
  const comfortableBytes = megabytes === undefined ? settings.disk.comfortableBytes : parseCount('free-megabytes', megabytes) * 1e6;
  return { ...settings, withinDays, disk: { ...settings.disk, comfortableBytes } };
}

function formatReport({ check, summary, findings, unseen }: CheckReport, colour: boolean): string {
  const worst = findings.some(({ severity }) => severity === 'error') ? 'error' : findings.length > 0 ? 'warning' : 'good';
  const kind = findings.length === 0 && summary === '' ? 'unseen' : worst;
  const good = findings.length === 0 && summary !== '' ? [summary] : [];
  const lines = [...good, ...findings.map((each) => formatFinding(each, findings.length > 1, colour)), ...formatUnseen(check, unseen)];
  return `  ${mark(kind, colour)} ${check.padEnd(NAME_WIDTH)} ${lines.join(`\n${INDENT} `)}`;
}

/** The problem, and below it what mends it. */
function formatFinding({ severity, problem, remedy }: DoctorFinding, isOneOfMany: boolean, colour: boolean): string {
  const lines = problem.split('\n').join(`\n${INDENT} `);
  return `${isOneOfMany ? `${mark(severity, colour)} ` : ''}${lines}\n${INDENT}   -> ${remedy}`;
}

/** A line per reason. */
function formatUnseen(check: string, unseen: CheckReport['unseen']): string[] {
  const reasons = [...new Set(unseen.map(({ why }) => why))];
  return reasons.map((reason) => {
    const things = unseen.filter(({ why, what }) => why === reason && what !== check).map(({ what }) => what);
    return `not looked at${things.length === 0 ? '' : `: ${things.join(', ')}`} (${reason})`;
  });
}

const MARKS = { good: ['✓', 32], warning: ['!', 33], error: ['✗', 31], unseen: ['-', 2] } as const;

function mark(kind: keyof typeof MARKS, colour: boolean): string {
  const [sign, style] = MARKS[kind];
  return colour ? `\u001b[${String(style)}m${sign}\u001b[0m` : sign;
}

function formatVerdict({ errors, warnings, unseen }: { errors: number; warnings: number; unseen: number }): string {
  const count = (number: number, word: string): string => `${String(number)} ${word}${number === 1 ? '' : 's'}`;
  const found = [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : ''].filter(Boolean).join(' and ');
  const blind = unseen === 0 ? '' : ` Not looked at: ${count(unseen, 'thing')}.`;
  return `${found === '' ? 'Nothing is wrong.' : `${found}.`}${blind}`;
}

function parseCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0) throw new UsageError(`--${name} ${text}: must be a whole number`);
  return count;
}
