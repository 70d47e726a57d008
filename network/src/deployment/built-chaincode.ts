import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { BuiltChaincode } from '../ledger';
import { DeploymentError } from './deployment-error';

const BESIDE_THE_CODE = ['package.json', 'npm-shrinkwrap.json', 'META-INF'];

/**
 * Names the chaincode in a folder by what runs: its manifest, shrinkwrap and META-INF, and the folder of its main program. Sources, tests
 * and installed packages do not run from there and do not count.
 * @throws DeploymentError NOT_BUILT
 */
export function readBuiltChaincode(folder: string, name: string): BuiltChaincode {
  const { main, version } = readManifest(folder);
  const hash = createHash('sha256');
  const files = [...BESIDE_THE_CODE, dirname(main)].flatMap((entry) => listFiles(join(folder, entry)));
  for (const file of [...new Set(files)].sort()) {
    const content = readFileSync(file);
    hash.update(`${relative(folder, file)}\0${String(content.length)}\0`).update(content);
  }
  return { folder, label: `${name}_${version}`, digest: hash.digest('hex'), version };
}

function readManifest(folder: string): { main: string; version: string } {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) throw newNotBuilt(folder, `there is no ${manifest}`);
  const { main, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { main?: string; version?: string };
  if (main === undefined || !existsSync(join(folder, main))) throw newNotBuilt(folder, `its main program ${main ?? ''} is missing`);
  return { main, version: version ?? '0.0.0' };
}

function newNotBuilt(folder: string, why: string): DeploymentError {
  return new DeploymentError('NOT_BUILT', `There is no built chaincode in ${folder}: ${why}.`, 'Run `npm run build`.');
}

function listFiles(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = statEntries(path);
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry !== 'node_modules' && !entry.endsWith('.tsbuildinfo'))
    .flatMap((entry) => listFiles(join(path, entry)));
}

/** Entries of a folder, or undefined for a file. */
function statEntries(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
