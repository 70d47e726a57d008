import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
const requirements = join(root, 'gateway/test/clients/requirements.txt');

/** The folder of a Python environment with what `requirements.txt` names, made at its first use; or why there is none. */
type Found = { readonly folder: string } | { readonly missing: string };

function findEnvironment(): Found {
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['-c', probe]).status === 0);
  if (python === undefined) return { missing: 'no Python 3.10 or newer with venv' };
  const folder = join(root, 'node_modules/.cache/medaccord', `python-${digestOf(readFileSync(requirements))}`);
  if (existsSync(folder)) return { folder };
  const made = `${folder}.${String(process.pid)}`;
  mkdirSync(join(folder, '..'), { recursive: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '2', '-r', requirements];
  const isMade = run(python, ['-m', 'venv', made]) && run(join(made, 'bin/python'), pip);
  if (isMade && !existsSync(folder)) renameSync(made, folder);
  rmSync(made, { recursive: true, force: true });
  return isMade ? { folder } : { missing: 'the Python packages could not be installed from PyPI' };
}

const probe = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';

function run(command: string, argv: readonly string[]): boolean {
  return spawnSync(command, argv, { stdio: ['ignore', 'ignore', 2], timeout: 180_000 }).status === 0;
}

function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

const found = findEnvironment();

/** `describe` where Python is found; where it is not, the tests are skipped and the reason is told, unless MEDACCORD_REQUIRE_PYTHON asks for them. */
export const describeWithPython = ((): typeof describe => {
  if (!('missing' in found)) return describe;
  if (process.env['MEDACCORD_REQUIRE_PYTHON'] !== undefined) throw new Error(`Python is required: ${found.missing}`);
  process.stderr.write(`Left out: the clients that are written in Python (${found.missing}).\n`);
  // eslint-disable-next-line no-restricted-syntax -- whoever only develops needs no Python; .ci/run asks for it
  return describe.skip;
})();

/** Runs a module or script of the environment to its end. */
export async function runPython(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly trouble: string }> {
  if ('missing' in found) throw new Error(found.missing);
  const cwd = join(root, 'gateway/test/clients');
  const started = spawn(join(found.folder, 'bin/python'), argv, {
    cwd,
    env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1', ...env },
  });
  let [out, trouble] = ['', ''];
  started.stdout.on('data', (text: Buffer) => (out += text.toString()));
  started.stderr.on('data', (text: Buffer) => (trouble += text.toString()));
  const code = await new Promise<number | null>((resolve) => started.on('close', resolve));
  return { code, out, trouble };
}
