import type { Reporter } from './reporter';

const TITLE_WIDTH = 42;
const STYLES = { green: 32, red: 31, yellow: 33, dim: 2, bold: 1 } as const;

const HAPPENED = { died: 'ended', stalled: 'stands still' } as const;
const KEEPS = { died: 'keeps ending', stalled: 'keeps standing still' } as const;

/** A line for each thing as it becomes ready, with its time. */
export function newHumanReporter(print: (line: string) => void, colour: boolean): Reporter {
  const paint = (style: keyof typeof STYLES, text: string): string => (colour ? `\u001b[${String(STYLES[style])}m${text}\u001b[0m` : text);
  const done = paint('green', '✓');
  return {
    introduce: ({ name, ledger, channel, organisations }) => {
      print(`${paint('bold', name)}  ${countMembers(organisations)}, ledger ${ledger}, channel ${channel}`);
    },
    step: ({ title, detail = '', ms }) => {
      print(`  ${done} ${headline(title).padEnd(TITLE_WIDTH)} ${formatDuration(ms).padStart(7)}  ${paint('dim', detail)}`);
    },
    up: ({ ms, resumed }, { organisations }) => {
      const how = resumed ? 'the ledger of the last time goes on' : 'a new ledger';
      print(`${paint('bold', `Up in ${formatDuration(ms)}`)}: ${countMembers(organisations)}, ${how}.`);
    },
    event: (event) => {
      if (event.kind === 'restarted') print(`  ${done} ${headline(event.title)}: back after ${formatDuration(event.ms)}`);
      else if (event.again)
        print(`  ${paint('yellow', '!')} ${headline(event.title)} ${HAPPENED[event.kind]} (${event.how}); starting it again`);
      else
        print(`  ${paint('red', '✗')} ${headline(event.title)} ${KEEPS[event.kind]} (${event.how}); given up. See its log with \`logs\`.`);
    },
    note: print,
    result: (_step, text) => {
      print(text);
    },
    failure: (_step, { code, message, hint, lastLines = [] }) => {
      print(`${paint('red', '✗')} ${paint('bold', code)}  ${message}`);
      for (const line of lastLines) print(paint('dim', `    ${line}`));
      if (hint !== undefined) print(`  ${hint}`);
    },
  };
}

/** `640 ms`, `5.1 s`. */
export function formatDuration(ms: number): string {
  return ms < 1000 ? `${String(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** One member alone is called by its name. */
function countMembers(organisations: readonly { readonly title: string }[]): string {
  const [first] = organisations;
  return first !== undefined && organisations.length === 1 ? first.title : `${String(organisations.length)} organisations`;
}

/** `the ledger` heads a line as `Ledger`. */
function headline(title: string): string {
  const bare = title.replace(/^the /, '');
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}
