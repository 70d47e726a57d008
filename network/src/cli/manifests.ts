import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compareManifests, renderManifests, writeManifests } from '../manifests';
import { NETWORK_OPTIONS, parseCommand, reporterOf, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';
import { UsageError } from './usage-error';

const OPTIONS = {
  ...NETWORK_OPTIONS,
  output: { type: 'string' },
  check: { type: 'boolean', default: false },
} as const;

/**
 * `manifests --output DIR`: Compose and Kubernetes files and the monitoring of a topology's network. `--check` writes nothing, and exits with 1
 * when the folder holds something else than would be written.
 */
export const manifests: Command = async (argv, config) => {
  const { values } = parseCommand(argv, OPTIONS);
  if (values.output === undefined) throw new UsageError('Name the folder to write to: manifests --output DIR');
  // Containers are for Fabric's nodes, whichever ledger the topology's own machine runs.
  const topology = topologyOf({ ...values, ledger: 'fabric' }, config);
  const folder = resolve(values.output);
  const files = renderManifests(topology, readVersion(config.root));
  const difference = values.check ? compareManifests(folder, files) : writeManifests(folder, files);
  const { stale, left } = difference;
  const facts = { folder, files: files.length, ...difference };
  const reporter = reporterOf(values, config);
  if (!values.check) {
    reporter.result('manifests', `${folder}: ${files.length} files, ${stale.length} written, ${left.length} removed`, facts);
    return EXIT.done;
  }
  const list = [...stale.map((path) => `  ${path}: not what would be written`), ...left.map((path) => `  ${path}: no part of it any more`)];
  const verdict =
    list.length === 0 ? `${folder} is what the topology says.` : `${folder} is not what the topology says:\n${list.join('\n')}`;
  reporter.result('manifests', verdict, facts);
  return list.length === 0 ? EXIT.done : EXIT.failed;
};

/** Of the project: the tag of its own image. */
function readVersion(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
