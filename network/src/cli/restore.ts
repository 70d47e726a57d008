import { PARTS, PART_TITLES, restoreOrganisation, type Part, type RestoreFacts } from '../operations';
import type { Organisation } from '../topology';
import { ARCHIVE_OPTIONS, readArchiveOptions } from './backup';
import { findOrganisation, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { UsageError } from './usage-error';

const OPTIONS = {
  ...ARCHIVE_OPTIONS,
  only: { type: 'string' },
  force: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const;

/**
 * `restore FILE`: puts an organisation back from an archive, all of it or the parts named by `--only`, into the run folder of a network that does not
 * run. What is there already is put aside with `--force`, else the command is refused. `--dry-run` proves the archive and changes nothing.
 */
export const restore: Command = async (argv, config) => {
  const { values, positionals } = parseCommand(argv, OPTIONS, 1);
  const topology = topologyOf(values, config);
  const organisation = findOrganisation(topology, values.organisation);
  const parts = parseParts(values.only);
  const archive = readArchiveOptions(positionals[0], values['passphrase-file']);
  const dryRun = values['dry-run'];
  const facts = await restoreOrganisation(topology, organisation, archive, { parts, force: values.force, dryRun });
  const { manifest, ...done } = facts;
  const { files, ...told } = manifest;
  const text = formatRestore(organisation, facts, dryRun);
  reporterOf(values, config).result('restore', text, { ...done, dryRun, archive: { ...told, files: files.length } });
  return EXIT.done;
};

function parseParts(text: string | undefined): Part[] | undefined {
  return text?.split(',').map((word) => {
    const part = PARTS.find((each) => each === word);
    if (part === undefined) throw new UsageError(`--only ${word}: must be some of ${PARTS.join(',')}`);
    return part;
  });
}

const ORDERER: Readonly<Record<RestoreFacts['orderer'], string | undefined>> = {
  none: undefined,
  'keeps its chain': 'Its orderer goes on with the chain that it has: nothing older is ever put in its place.',
  'joins again': 'Its orderer has no chain: at the next start it joins the channel anew and fetches the blocks from the others.',
};

function formatRestore({ name, title }: Organisation, { manifest, restored, aside, orderer }: RestoreFacts, dryRun: boolean): string {
  const { madeAt, height, elsewhere } = manifest;
  const blocks = height === undefined ? '' : `, at ${String(height)} blocks`;
  const parts = restored.map((part) => PART_TITLES[part]).join(', ');
  const lines = [
    `${title}, as of ${madeAt}${blocks}: ${dryRun ? 'the archive is whole; it would restore' : 'restored'} ${parts}.`,
    aside === undefined ? undefined : `What was there before is in ${aside}; remove it when all is well.`,
    ORDERER[orderer],
    restored.includes('gateway') && elsewhere.length > 0
      ? `Not in the archive, and needed by the gateway: ${elsewhere.join(', ')}. Restore that from its own backup of the same time before it starts.`
      : undefined,
    restored.includes('peer') ? AFTERWARDS.replace('NAME', name) : undefined,
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

const AFTERWARDS = `Start the network: peer-NAME fetches the blocks that came later. Of private values written since, it gets those that other members keep too;
values of its own collection alone are gone, and each block that had some waits 10 s for them.`;
