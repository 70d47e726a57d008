import type { Audience, StepReport } from '../story';
import { describeFailure } from './cli-error';
import type { CliConfig } from './config';
import { formatDuration, newPaint, type Paint } from './paint';

type Print = (text: string) => void;

const TITLE_WIDTH = 58;
const MOST_TRANSACTIONS = 3;

/** One JSON object per line and step. */
export function newJsonAudience(print: Print): Audience {
  return {
    begins: () => undefined,
    ends: (report) => {
      print(`${JSON.stringify(toLine(report))}\n`);
    },
  };
}

function toLine({ name, title, ms, ...rest }: StepReport): object {
  if (!rest.ok) return { step: name, title, ok: false, ms, transactions: [], error: describeFailure(rest.error) };
  return { step: name, title, ok: true, ms, transactions: rest.outcome.transactions, ...rest.outcome.findings };
}

/** A paragraph for each step: what happened, how long it took, what it left on the ledger. */
export function newHumanAudience(print: Print, { colour, isTerminal }: Pick<CliConfig, 'colour' | 'isTerminal'>): Audience {
  const paint = newPaint(colour);
  return {
    begins: (title) => {
      if (isTerminal) print(`  ${paint('yellow', '…')} ${title}`);
    },
    ends: (report) => {
      if (isTerminal) print('\r\u001b[2K');
      print(`${formatReport(report, paint).join('\n')}\n`);
    },
  };
}

function formatReport(report: StepReport, paint: Paint): string[] {
  const mark = report.ok ? paint('green', '✓') : paint('red', '✗');
  const head = `  ${mark} ${report.title.padEnd(TITLE_WIDTH)} ${formatDuration(report.ms).padStart(7)}`;
  if (!report.ok) return [head, ...formatFailure(report.error, paint)];
  const { remarks, transactions } = report.outcome;
  return [
    head,
    ...remarks.map((remark) => `      ${remark}`),
    ...formatTransactions(transactions).map((line) => `      ${paint('dim', line)}`),
  ];
}

function formatTransactions(transactions: readonly string[]): string[] {
  const shown = transactions.slice(0, MOST_TRANSACTIONS).map((id) => `tx ${id}`);
  const more = transactions.length - shown.length;
  return more > 0 ? [...shown, `and ${String(more)} more transaction${more === 1 ? '' : 's'}`] : shown;
}

/** A failure for people: code, place, what to try. */
export function formatFailure(error: unknown, paint: Paint): string[] {
  const { code, message, place, hint } = describeFailure(error);
  return [
    `      ${paint('red', code)}  ${message}`,
    ...(place === undefined || message.startsWith(place) ? [] : [`      at ${place}`]),
    ...(hint === undefined ? [] : [`      ${hint}`]),
  ];
}
