import { resolve } from 'node:path';
import { backUpOrganisation, readPassphrase, type BackupFacts } from '../operations';
import type { Organisation } from '../topology';
import { findOrganisation, NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { formatDuration } from './human-reporter';
import { UsageError } from './usage-error';

/** What an archive is named by, in `backup` and in `restore`. */
export const ARCHIVE_OPTIONS = { ...NETWORK_OPTIONS, organisation: { type: 'string' }, 'passphrase-file': { type: 'string' } } as const;

/** @throws UsageError when the file of the archive or of its passphrase is not named; OperationsError PASSPHRASE_UNFIT */
export function readArchiveOptions(file: string | undefined, passphraseFile: string | undefined): { file: string; passphrase: string } {
  if (file === undefined) throw new UsageError('Name the file of the archive.');
  if (passphraseFile === undefined) throw new UsageError('Name the file with its passphrase: --passphrase-file FILE');
  return { file: resolve(file), passphrase: readPassphrase(resolve(passphraseFile)) };
}

/** `backup FILE`: what one organisation keeps, its peer's private data included, in one sealed file; of a running or of a stopped network. */
export const backup: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, { ...ARCHIVE_OPTIONS, 'without-elsewhere': { type: 'boolean', default: false } }, 1);
  const topology = topologyOf(values, config);
  const organisation = findOrganisation(topology, values.organisation);
  const archive = readArchiveOptions(positionals[0], values['passphrase-file']);
  const since = Date.now();
  const facts = await backUpOrganisation(topology, organisation, archive, { withoutElsewhere: values['without-elsewhere'] });
  reporterOf(values, config).result('backup', formatBackup(organisation, facts, Date.now() - since), { ...facts });
  return EXIT.done;
};

function formatBackup({ name, title }: Organisation, facts: BackupFacts, ms: number): string {
  const { file, bytes, files, contentBytes, height, stoppedMs, elsewhere } = facts;
  const blocks = height === undefined ? '' : `, ${String(height)} blocks`;
  const pause = stoppedMs === undefined ? 'The network did not run.' : `peer-${name} was away for ${formatDuration(stoppedMs)}.`;
  return [
    `${title}${blocks}: ${String(files)} files, ${formatBytes(contentBytes)}, in ${formatDuration(ms)}. ${pause}`,
    `${file}: ${formatBytes(bytes)}, sealed, read back and proved.`,
    ...(elsewhere.length === 0 ? [] : [`Not in it: ${elsewhere.join(', ')}. Back that up now, before a gateway of ${name} starts again.`]),
  ].join('\n');
}

function formatBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
