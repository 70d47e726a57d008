import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';

/** Makes a folder of programs that say a version as Fabric's do. */
export function writePrograms(folder: string, version: string, names = ['peer', 'orderer', 'configtxgen', 'osnadmin']): string {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\nprintf '${name}:\\n Version: v${version}\\n OS/Arch: linux/amd64\\n'\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}

/** An archive of the layout of Fabric's releases, of some hundred kilobytes that do not compress. */
export async function packRelease(version: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  writePrograms(join(folder, 'bin'), version);
  mkdirSync(join(folder, 'config'));
  writeFileSync(join(folder, 'config/core.yaml'), 'peer:\n');
  mkdirSync(join(folder, 'builders/ccaas/bin'), { recursive: true });
  writeFileSync(join(folder, 'builders/ccaas/bin/build'), randomBytes(400_000));
  const file = `${folder}.tar.gz`;
  await create({ file, gzip: true, cwd: folder, portable: true }, ['bin', 'config', 'builders']);
  return readFileSync(file);
}
