import { execFile } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makePrivateFolder, writePrivateFile } from '../../files';
import { CHANNEL_PROFILE, newNativeMember, renderCollections, renderConfigtx } from '../../render';
import type { Topology } from '../../topology';
import { FabricError } from './fabric-error';

const TAKES_AT_MOST_MS = 60_000;
const run = promisify(execFile);

/** The first block of the channel, from which everything follows: made once in the life of a ledger. */
export function genesisFile({ paths }: Topology): string {
  return join(paths.ledger, 'genesis.block');
}

/** Undefined when it was lost; a running orderer has it too. */
export function readGenesis(topology: Topology): Uint8Array | undefined {
  const file = genesisFile(topology);
  return existsSync(file) ? readFileSync(file) : undefined;
}

/**
 * Makes the channel's first block unless an orderer has a chain already: a second one would be another channel of the same name.
 * @throws FabricError FABRIC_GENESIS_FAILED
 */
export async function ensureGenesis(topology: Topology, configtxgen: string): Promise<void> {
  const { ledger } = topology.paths;
  makePrivateFolder(ledger);
  if (existsSync(genesisFile(topology)) || hasChain(topology)) return;
  writePrivateFile(
    join(ledger, 'configtx.yaml'),
    renderConfigtx(topology, (organisation) => newNativeMember(topology, organisation)),
  );
  const collections = renderCollections(topology);
  if (collections !== undefined) writePrivateFile(join(ledger, 'collections.json'), collections);
  const draft = `${genesisFile(topology)}.new`;
  const argv = ['-configPath', ledger, '-profile', CHANNEL_PROFILE, '-channelID', topology.channel, '-outputBlock', draft];
  try {
    await run(configtxgen, argv, { cwd: ledger, timeout: TAKES_AT_MOST_MS });
  } catch (error) {
    rmSync(draft, { force: true });
    const { stderr = '', message } = error as Error & { stderr?: string };
    const said = stderr.trim().split('\n').slice(-3).join('\n');
    throw new FabricError(
      'FABRIC_GENESIS_FAILED',
      `The channel's first block could not be made: ${said === '' ? message : said}`,
      `See ${join(ledger, 'configtx.yaml')}, which was made of the topology file.`,
      error,
    );
  }
  renameSync(draft, genesisFile(topology));
}

/** Where an orderer keeps the chains of its channels (FileLedger.Location, `chains`). */
function hasChain({ organisations, channel }: Topology): boolean {
  return organisations.some(({ nodes }) => nodes.orderer !== undefined && existsSync(join(nodes.orderer.data, 'chains/chains', channel)));
}
