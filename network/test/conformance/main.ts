import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judgeChain } from '../../devnet/test/random-scripts/judge-chain';
import type { Finding } from '../../devnet/test/random-scripts/script-comparison';
import type { ScriptLedger } from '../../devnet/test/random-scripts/script-ledger';
import { writeRecording, type RecordedRun } from '../../devnet/test/random-scripts/script-recording';
import { LEDGER_NAMES, type LedgerName } from '../../src/topology';
import { compareLedgers, type Compared } from './compare-ledgers';
import { startNetworkLedger, type NetworkLedger } from './network-ledger';
import { Tally } from './tally';

const HELP = `Runs random scripts on two ledgers and compares answers, codes, endorsers, simulations, events and state. Judges the chain of the
first ledger by the devnet's rules in the end.

  --ledgers A,B     default fabric,devnet; endorsers that A drew by lot are drawn again on B until they are the same
  --scripts N       default 2000; one in whose way chance came again and again is told, and replaced by the next
  --seed S          of the first script, the others follow; default: the time. --seed S --scripts 1 repeats one script
  --parallel N      scripts under way at once, default 100
  --minutes N       begins no further script after so long, and says with which seed to go on; so does Ctrl-C
  --differences N   stops after so many, default 5
  --base-port N     default 26000; both networks take the 80 ports from there on
  --record FILE     writes the first 300 scripts with the answers of A

Exit codes: 0 no difference, 1 a difference or a failure, or more than one script in a hundred was not compared, 2 wrong arguments.
`;

const OPTIONS = {
  ledgers: { type: 'string', default: 'fabric,devnet' },
  scripts: { type: 'string', default: '2000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  parallel: { type: 'string', default: '100' },
  minutes: { type: 'string', default: '1000' },
  differences: { type: 'string', default: '5' },
  'base-port': { type: 'string', default: '26000' },
  record: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

interface Wanted {
  readonly ledgers: readonly [LedgerName, LedgerName];
  readonly scripts: number;
  readonly seed: number;
  readonly parallel: number;
  readonly minutes: number;
  readonly differences: number;
  readonly basePort: number;
  readonly record: string | undefined;
}

/** Small enough to be kept with the sources. */
const MOST_RECORDED = 300;
const PROGRESS_EVERY = 100;
/** One in so many: an orderer decides what shares a block, and in which order. */
const MOST_GIVEN_UP = 100;
const MINUTE_MS = 60_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: OPTIONS });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const wanted = parseWanted(values);
  if (wanted === undefined) {
    say(HELP);
    return 2;
  }
  const networks: NetworkLedger[] = [];
  try {
    for (const [at, name] of wanted.ledgers.entries()) {
      networks.push(await startNetworkLedger(name, wanted.basePort + at * 40));
      say(`${name}: ready`);
    }
    const [first, second] = networks.map(({ ledger }) => ledger) as [ScriptLedger, ScriptLedger];
    return await compare(first, second, wanted);
  } finally {
    await Promise.all(networks.map((network) => network.stop()));
  }
}

function parseWanted(values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']): Wanted | undefined {
  const [first, second, ...more] = values.ledgers.split(',').map((name) => LEDGER_NAMES.find((known) => known === name));
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  const { 'base-port': basePort, record } = values;
  const [scripts = 0, seed = 0, parallel = 0, minutes = 0, differences = 0, port = 0] = [
    values.scripts,
    values.seed,
    values.parallel,
    values.minutes,
    values.differences,
    basePort,
  ].map(Number);
  if (![scripts, seed, parallel, minutes, differences, port].every((number) => number >= 0)) return undefined;
  return { ledgers: [first, second], scripts, seed, parallel, minutes, differences, basePort: port, record };
}

async function compare(first: ScriptLedger, second: ScriptLedger, wanted: Wanted): Promise<number> {
  const started = Date.now();
  const tally = new Tally();
  const runs: RecordedRun[] = [];
  say(`${String(wanted.scripts)} scripts from seed ${String(wanted.seed)}, ${String(wanted.parallel)} at once`);
  const compared = await compareLedgers(first, second, {
    ...wanted,
    mostFindings: wanted.differences,
    signal: newStop(wanted.minutes),
    onRun: (run) => {
      tally.add(run);
      if (run.script.seed < wanted.seed + MOST_RECORDED && runs.push(run) === Math.min(MOST_RECORDED, wanted.scripts)) record(runs, wanted);
      if (tally.scripts % PROGRESS_EVERY === 0) say(`${String(tally.scripts)} scripts, ${String(tally.steps)} steps, ${elapsed(started)}`);
    },
    onFinding: (finding) => say(formatFinding(finding)),
    onGivenUp: (seed, why) => say(`seed ${String(seed)} is not compared: chance came in its way again and again. ${why}`),
  });
  const differences = compared.findings.length;
  say(`${String(tally.scripts)} scripts, ${String(tally.steps)} steps, ${String(differences)} differences, ${elapsed(started)}`);
  say(tally.describe());
  tellRest(compared, wanted);
  record(runs, wanted);
  const isJudgedAlike = await judge(first);
  const isCompared = compared.givenUp.length * MOST_GIVEN_UP <= wanted.scripts;
  return differences === 0 && isCompared && isJudgedAlike ? 0 : 1;
}

function record(runs: readonly RecordedRun[], { record: file }: Wanted): void {
  if (file !== undefined) writeFileSync(file, writeRecording(runs.toSorted((a, b) => a.script.seed - b.script.seed)));
}

function tellRest({ smallest, next, givenUp }: Compared, { seed, scripts }: Wanted): void {
  if (smallest !== undefined) say(`The smallest script that shows it:\n${formatFinding(smallest)}`);
  const rest = seed + scripts + givenUp.length - next;
  if (rest > 0) say(`Not begun: --seed ${String(next)} --scripts ${String(rest)}`);
}

async function judge(ledger: ScriptLedger): Promise<boolean> {
  const { blocks, misjudged } = await judgeChain(ledger);
  if (misjudged === undefined) say(`${String(blocks)} blocks of ${ledger.spec.name} have the codes and commit hashes that the rules give`);
  else say(`By the rules, a block of ${ledger.spec.name} is another: ${JSON.stringify(misjudged)}`);
  return misjudged === undefined;
}

/** Aborted after so many minutes, or by Ctrl-C. */
function newStop(minutes: number): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort();
  }, minutes * MINUTE_MS).unref();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say(`${signal}: the scripts under way are ended; once more ends at once`);
      stop.abort();
    });
  }
  return stop.signal;
}

function formatFinding({ script, difference, repeated }: Finding): string {
  const lines = script.steps.map((step, at) => `  ${String(at + 1)} ${JSON.stringify(step)}`);
  const { where, first, second } = difference;
  return [
    `seed ${String(script.seed)}: ${where} differs (again in ${String(repeated)} of 3 repetitions)`,
    ...lines,
    `  first:  ${JSON.stringify(first)}`,
    `  second: ${JSON.stringify(second)}`,
  ].join('\n');
}

function elapsed(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(0)} s`;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(1);
  },
);
