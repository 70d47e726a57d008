import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DevnetError } from '../devnet-error';
import { writePrivately } from '../genesis/material-store';
import type { ConsortiumSpec } from '../genesis/consortium-spec';
import type { DevnetOrganisation } from '../host/devnet';
import { startDevnet } from '../host/start-devnet';

export interface UpOptions {
  /** JSON file with a ConsortiumSpec. */
  readonly config: string;
  readonly folder: string;
  readonly testSwitches: boolean;
}

/** Runs a devnet until a signal ends it. */
export async function up({ config, folder, testSwitches }: UpOptions): Promise<void> {
  const place = resolve(folder);
  const devnet = await startDevnet(readSpec(config), {
    folder: place,
    control: true,
    testSwitches,
    onProblem: (error) => console.error(error),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void devnet.close());
  console.log(`channel ${devnet.channel}, ${devnet.height} blocks, in ${place}`);
  for (const organisation of devnet.organisations) console.log(describe(organisation, writeClients(place, organisation)));
  console.log('ready');
  await devnet.closed;
}

function readSpec(file: string): ConsortiumSpec {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ConsortiumSpec;
  } catch (error) {
    throw new DevnetError(
      'DEVNET_CONSORTIUM_INVALID',
      `${file} is no readable JSON: ${error instanceof Error ? error.message : String(error)}`,
      { file },
    );
  }
}

/** What a client needs, as files: its TLS roots, and the certificates that the devnet made. Returns their folder. */
function writeClients(place: string, { mspId, tlsRootCertificates, generated }: DevnetOrganisation): string {
  const folder = join(place, 'clients', mspId);
  writePrivately(join(folder, 'tls-ca.pem'), tlsRootCertificates);
  for (const name of ['client', 'admin'] as const) {
    if (generated === undefined) break;
    writePrivately(join(folder, `${name}.pem`), generated[name].certificate);
    writePrivately(join(folder, `${name}-key.pem`), generated[name].privateKey);
  }
  return folder;
}

function describe({ mspId, endpoint }: DevnetOrganisation, clients: string): string {
  return `${mspId.padEnd(20)} ${endpoint.padEnd(18)} ${clients}`;
}
