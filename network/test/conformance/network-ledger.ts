import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callControl, type ControlAddress, type NodeOu } from '@medaccord/devnet';
import { newSigner } from '../../devnet/test/conformance/re-signed-recording';
import { CONFORMANCE_TOPOLOGY } from '../../devnet/test/random-scripts/conformance-consortium';
import { OneBlock } from '../../devnet/test/random-scripts/one-block';
import { ScriptLedger } from '../../devnet/test/random-scripts/script-ledger';
import type { KeyFiles, LedgerName, Organisation, Topology } from '../../src/topology';
import { Leash } from '../support/leash';

const CLI = join(__dirname, '../../dist/cli/main.js');

/** A ledger that the network's command line brought up with the conformance consortium, in a folder that goes away with it. */
export interface NetworkLedger {
  readonly ledger: ScriptLedger;
  readonly topology: Topology;
  stop(): Promise<void>;
}

/** @throws Error with what the command said when it failed */
export async function startNetworkLedger(name: LedgerName, basePort: number): Promise<NetworkLedger> {
  const folder = mkdtempSync(join(tmpdir(), `conformance-${name}-`));
  const runFolder = join(folder, 'run');
  const place = ['--topology', CONFORMANCE_TOPOLOGY, '--ledger', name, '--run-folder', runFolder, '--base-port', String(basePort)];
  const leash = new Leash(folder, [process.execPath, CLI, 'down', ...place]);
  const stop = async (): Promise<void> => {
    await runCommand('down', ...place);
    rmSync(folder, { recursive: true, force: true });
    leash.release();
  };
  try {
    await runCommand('up', ...place, ...(name === 'devnet' ? ['--test-switches'] : []));
    const topology = JSON.parse(readFileSync(join(runFolder, 'topology.json'), 'utf8')) as Topology;
    const ledger = openScriptLedger(topology);
    await ledger.start();
    return {
      ledger,
      topology,
      stop: () => {
        ledger.close();
        return stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Everything that scripts need of a running network, from what it wrote. */
export function openScriptLedger(topology: Topology): ScriptLedger {
  const { channel, chaincode, organisations, ledger, paths } = topology;
  const signers = new Map(organisations.flatMap((organisation) => readSigners(organisation)));
  return new ScriptLedger({
    name: ledger,
    channel,
    chaincode: chaincode.name,
    clients: organisations.map(({ mspId, endpoints, msp, identities }) => ({
      mspId,
      endpoint: endpoints.peer,
      tlsRootCertificates: readFileSync(msp.tlsCaCertificate, 'utf8'),
      serverName: 'localhost',
      ...readKey(identities.gateway),
    })),
    signer: (mspId, role) => {
      const signer = signers.get(`${mspId}/${role}`);
      if (signer === undefined) throw new Error(`no ${role} of ${mspId}`);
      return signer;
    },
    ...(ledger === 'devnet' ? { inOneBlock: newOneBlock(join(paths.ledger, 'control.json')) } : {}),
  });
}

function readSigners({ mspId, identities }: Organisation): [string, ReturnType<typeof newSigner>][] {
  const { admin, peer, orderer, gateway: client } = identities;
  const keys: Readonly<Record<NodeOu, KeyFiles>> = { admin, peer, orderer, client };
  return Object.entries(keys).map(([role, files]) => [`${mspId}/${role}`, newSigner(mspId, readKey(files))]);
}

function newOneBlock(controlFile: string): <T>(work: () => Promise<T>) => Promise<T> {
  const control = JSON.parse(readFileSync(controlFile, 'utf8')) as ControlAddress;
  const say = async (verb: string): Promise<void> => {
    await callControl(control, verb);
  };
  const oneBlock = new OneBlock({ pause: () => say('pause-ordering'), resume: () => say('resume-ordering') });
  return (work) => oneBlock.run(work);
}

function readKey({ certificate, privateKey }: KeyFiles): { certificate: string; privateKey: string } {
  return { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(privateKey, 'utf8') };
}

function runCommand(...argv: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      child.stdout.destroy();
      child.stderr.destroy();
      if (code === 0) resolve();
      else reject(new Error(`network ${argv.join(' ')} ended with ${String(code)}:\n${said.join('')}`));
    });
  });
}
