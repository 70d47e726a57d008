import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Finding } from '../../devnet/test/random-scripts/script-comparison';
import { writeRecording } from '../../devnet/test/random-scripts/script-recording';
import { LEDGER_NAMES, type LedgerName } from '../../src/topology';
import { compareLedgers } from './compare-ledgers';
import { startNetworkLedger, type NetworkLedger } from './network-ledger';

const HELP = `Runs random scripts on two ledgers and compares answers, codes, endorsers, simulations, events and state.

  --ledgers A,B     default fabric,devnet; endorsers that A drew by lot are drawn again on B until they are the same
  --scripts N       default 2000
  --seed S          of the first script, the others follow; default: the time. --seed S --scripts 1 repeats one script
  --parallel N      scripts under way at once, default 40
  --differences N   stops after so many, default 5
  --base-port N     default 26000; both networks take the 80 ports from there on
  --record FILE     writes the scripts with the answers of A

Exit codes: 0 no difference, 1 a difference or a failure, 2 wrong arguments.
`;

const OPTIONS = {
  ledgers: { type: 'string', default: 'fabric,devnet' },
  scripts: { type: 'string', default: '2000' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
  parallel: { type: 'string', default: '40' },
  differences: { type: 'string', default: '5' },
  'base-port': { type: 'string', default: '26000' },
  record: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: OPTIONS });
  if (values.help) {
    say(HELP);
    return 0;
  }
  const names = values.ledgers.split(',').map((name) => LEDGER_NAMES.find((known) => known === name));
  const [first, second] = names;
  if (names.length !== 2 || first === undefined || second === undefined) {
    say(`--ledgers ${values.ledgers}: must be two of ${LEDGER_NAMES.join(', ')}`);
    return 2;
  }
  const networks: NetworkLedger[] = [];
  try {
    return await compare([first, second], values, networks);
  } finally {
    await Promise.all(networks.map((network) => network.stop()));
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function compare(names: readonly [LedgerName, LedgerName], values: Values, networks: NetworkLedger[]): Promise<number> {
  const [scripts, seed, parallel, mostFindings, basePort] = [
    values.scripts,
    values.seed,
    values.parallel,
    values.differences,
    values['base-port'],
  ].map(Number) as [number, number, number, number, number];
  const started = Date.now();
  for (const [at, name] of names.entries()) {
    networks.push(await startNetworkLedger(name, basePort + at * 40));
    say(`${name}: ready`);
  }
  const [first, second] = networks.map(({ ledger }) => ledger);
  if (first === undefined || second === undefined) return 2;
  say(`${String(scripts)} scripts from seed ${String(seed)}, ${String(parallel)} at once`);
  const compared = await compareLedgers(first, second, {
    scripts,
    seed,
    parallel,
    mostFindings,
    onProgress: ({ scripts: done, steps, findings }) => {
      if (done % 100 === 0) say(`${String(done)} scripts, ${String(steps)} steps, ${String(findings)} differences, ${elapsed(started)}`);
    },
    onFinding: (finding) => say(formatFinding(finding)),
  });
  say(
    `${String(compared.scripts)} scripts, ${String(compared.steps)} steps, ${String(compared.findings.length)} differences, ${elapsed(started)}`,
  );
  if (compared.smallest !== undefined) say(`The smallest script that shows it:\n${formatFinding(compared.smallest)}`);
  if (values.record !== undefined) writeFileSync(values.record, writeRecording(compared.runs));
  return compared.findings.length === 0 ? 0 : 1;
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
