import { readFileSync } from 'node:fs';
import { serveOrganisations } from '../identity';
import type { Topology } from '../topology';
import { chooseOrganisations, NETWORK_OPTIONS, parseCommand, topologyOf, type Command } from './command';
import { EXIT } from './exit-codes';

const OPTIONS = { ...NETWORK_OPTIONS, organisation: { type: 'string' }, resolved: { type: 'string' } } as const;

/**
 * `ca`: serves the embedded certificate authorities, all of them or one organisation's, in this process, and first gives each organisation
 * the certificates it needs. `--resolved FILE`: the topology as a running network wrote it.
 */
export const ca: Command = async (argv, config) => {
  const { values } = parseCommand(argv, OPTIONS);
  const topology = values.resolved === undefined ? topologyOf(values, config) : readResolved(values.resolved);
  const organisations = chooseOrganisations(topology, values.organisation);
  const asked = new Promise((resolve) => process.once('SIGTERM', resolve).once('SIGINT', resolve));
  const log = (entry: object): void => void process.stdout.write(`${JSON.stringify({ time: Date.now(), ...entry })}\n`);
  const service = await serveOrganisations(topology, organisations, { log });
  process.stdout.write(`ready: ${service.urls.join(' ')}, ${String(service.enrolled.length)} certificates issued\n`);
  await asked;
  await service.close();
  return EXIT.done;
};

function readResolved(file: string): Topology {
  return JSON.parse(readFileSync(file, 'utf8')) as Topology;
}
