import { statSync } from 'node:fs';
import { recordNetwork } from '../recording';
import { listHere } from '../topology';
import { findOrganisation, NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { UsageError } from './usage-error';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  organisation: { type: 'string' },
  answers: { type: 'boolean', default: false },
} as const;

/**
 * `record FILE`: writes the chain of a running network into one compressed file that `verify FILE` proves anywhere, as the peer of the first
 * organisation hands it out, or of another. `--answers`: with what clients are told of the blocks.
 */
export const record: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, OPTIONS, 1);
  const [file] = positionals;
  if (file === undefined || statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError('Name the file to write: record FILE');
  const topology = topologyOf(values, config);
  const organisation = findOrganisation(topology, values.organisation ?? listHere(topology)[0]?.name);
  const counts = await recordNetwork(topology, organisation, file, { answers: values.answers });
  const { blocks, transactions, bytes } = counts;
  reporterOf(values, config).result('record', `${file}: ${blocks} blocks, ${transactions} transactions, ${bytes} bytes`, {
    file,
    ...counts,
  });
  return EXIT.done;
};
