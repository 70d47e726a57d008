#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { DevnetError } from '../devnet-error';
import { printExplanation } from './explain';
import { exportTo } from './export';
import { up } from './up';

const USAGE = `devnet: a Fabric-compatible network in one process

  devnet up --config FILE [--folder DIR] [--test-switches]   start it, or resume it, until Ctrl-C
  devnet export TARGET [--folder DIR]                        write its blocks as NNNNNN.block
  devnet explain TXID [--folder DIR]                         print a transaction, and why it is invalid

  DIR is where the ledger is kept, ./devnet-ledger unless given.`;

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      folder: { type: 'string', default: 'devnet-ledger' },
      'test-switches': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [verb, target] = positionals;
  if (verb === 'up' && values.config !== undefined)
    return up({ config: values.config, folder: values.folder, testSwitches: values['test-switches'] });
  if (verb === 'export' && target !== undefined) return exportTo(target, values.folder);
  if (verb === 'explain' && target !== undefined) return printExplanation(target, values.folder);
  console.log(USAGE);
  if (!values.help) process.exitCode = 2;
}

run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof DevnetError ? `${error.code}: ${error.message}` : error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
