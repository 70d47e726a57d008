import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { castStory, GatewayClient, tellStory, type Cast, type Member, type Plot, type Stage } from '../story';
import { writeWalletFile } from '../wallet/wallet-file';
import { CliError } from './cli-error';
import { EXIT, parseOptions, required, type Command } from './command';
import { SAMPLE_PLAN, type CliConfig } from './config';
import { newStaffToken, readConnections, type Connections } from './connections';
import { newPaint } from './paint';
import { newHumanAudience, newJsonAudience } from './story-audience';
import { formatWhatNext } from './what-next';

const OPTIONS = {
  connections: { type: 'string' },
  bundle: { type: 'string' },
  json: { type: 'boolean', default: false },
  once: { type: 'boolean', default: false },
} as const;

/** `story`: tells the main job on a running network. With --once the network goes away afterwards, so nothing is said about what to try next. */
export const story: Command = async (argv, config) => {
  const { connections: folder, bundle, json, once } = parseOptions(argv, OPTIONS);
  const runFolder = resolve(required(folder, '--connections'));
  const connections = await readConnections(runFolder);
  const cast = castStory(connections.members);
  const wallet = await newWalletPath(runFolder);
  const stage: Stage = {
    cast,
    clientOf: newClients(),
    tokenOf: (member, role) => newStaffToken(documentOf(connections, member), { subject: 'story', role }, 1),
    bundle: await readBundle(bundle ?? config.sampleBundle),
    plan: await readFile(SAMPLE_PLAN, 'utf8'),
    saveWallet: (changed) => writeWalletFile(wallet, changed, config.walletPassphrase),
  };
  const write = (text: string): void => void process.stdout.write(text);
  if (!json) write(`${newPaint(config.colour)('bold', '\nThe main job, step by step')}\n`);
  const plot = await tellStory(stage, json ? newJsonAudience(write) : newHumanAudience(write, config));
  if (plot === undefined) return EXIT.failed;
  if (!json && !once) write(await tellWhatNext(plot, cast, { connections, config, runFolder }));
  return EXIT.done;
};

type Surroundings = { readonly connections: Connections; readonly config: CliConfig; readonly runFolder: string };

async function tellWhatNext(plot: Plot, cast: Cast, { connections, config, runFolder }: Surroundings): Promise<string> {
  const { custodian, counterparty } = cast;
  const tokens = {
    records: await newStaffToken(documentOf(connections, custodian), { subject: 'sample', role: 'records' }, 12),
    physician: await newStaffToken(documentOf(connections, counterparty), { subject: 'sample', role: 'physician' }, 12),
  };
  return formatWhatNext({ plot, cast, tokens, members: connections.members, program: config.program, runFolder }, newPaint(config.colour));
}

function newClients(): Stage['clientOf'] {
  const clients = new Map<string, GatewayClient>();
  return ({ gateway }) => {
    const client = clients.get(gateway) ?? new GatewayClient(gateway);
    clients.set(gateway, client);
    return client;
  };
}

function documentOf({ documents }: Connections, { mspId, title }: Member): Parameters<typeof newStaffToken>[0] {
  const document = documents.get(mspId);
  if (document !== undefined) return document;
  throw new CliError(
    'CONNECTIONS_NOT_FOUND',
    `The run folder has no connection document of ${title}.`,
    'Tell the story where all members run.',
  );
}

async function readBundle(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CliError('BUNDLE_UNREADABLE', `The bundle ${file} cannot be read: ${why}.`, 'Name a FHIR R4 transaction bundle in JSON.');
  }
}

/** Each story has a patient of its own; her wallet is kept beside the network, for its owner alone. */
async function newWalletPath(runFolder: string): Promise<string> {
  const folder = join(runFolder, 'wallets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`);
}
