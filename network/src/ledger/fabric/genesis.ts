import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makePrivateFolder, writePrivateFile } from '../../files';
import { CHANNEL_PROFILE, newNativeMember, renderCollections, renderConfigtx } from '../../render';
import { isWhole, type Topology } from '../../topology';
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
 * Makes the channel's first block unless an orderer has a chain already: a second one would be another channel of the same name. A member on a
 * machine of its own makes none by the way: all members need the same one.
 * @throws FabricError FABRIC_GENESIS_FAILED, FABRIC_GENESIS_MISSING
 */
export async function ensureGenesis(topology: Topology, configtxgen: string): Promise<void> {
  if (existsSync(genesisFile(topology)) || hasChain(topology)) return;
  if (!isWhole(topology)) throw newMissing(topology);
  writeGenesis(topology, await makeGenesis(topology, configtxgen));
}

export function writeGenesis(topology: Topology, block: Uint8Array): void {
  writePrivateFile(genesisFile(topology), block);
}

/** A first block of what the topology says and the members' public parts are; no two are alike, for each has its time. @throws FabricError FABRIC_GENESIS_FAILED */
export async function makeGenesis(topology: Topology, configtxgen: string): Promise<Uint8Array> {
  const { ledger } = topology.paths;
  makePrivateFolder(ledger);
  writePrivateFile(join(ledger, 'configtx.yaml'), renderConfigtx(topology, newNativeMember));
  const collections = renderCollections(topology);
  if (collections !== undefined) writePrivateFile(join(ledger, 'collections.json'), collections);
  const draft = `${genesisFile(topology)}.new`;
  const argv = ['-configPath', ledger, '-profile', CHANNEL_PROFILE, '-channelID', topology.channel, '-outputBlock', draft];
  try {
    await run(configtxgen, argv, { cwd: ledger, timeout: TAKES_AT_MOST_MS });
    return readFileSync(draft);
  } catch (error) {
    throw newFailed(ledger, error as Error & { stderr?: string });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Where an orderer keeps the chains of its channels (FileLedger.Location, `chains`). */
export function hasChain({ organisations, channel }: Topology): boolean {
  return organisations.some(({ nodes }) => nodes.orderer !== undefined && existsSync(join(nodes.orderer.data, 'chains/chains', channel)));
}

function newFailed(ledger: string, error: Error & { stderr?: string }): FabricError {
  const said = (error.stderr ?? '').trim().split('\n').slice(-3).join('\n');
  return new FabricError(
    'FABRIC_GENESIS_FAILED',
    `The channel's first block could not be made: ${said === '' ? error.message : said}`,
    `See ${join(ledger, 'configtx.yaml')}, which was made of the topology file.`,
    error,
  );
}

function newMissing({ channel }: Topology): FabricError {
  return new FabricError(
    'FABRIC_GENESIS_MISSING',
    `The first block of the channel ${channel} is not on this machine.`,
    'One member makes it with `channel begin`, once; the others take it with `channel accept FILE`.',
  );
}
