// The door behind every npm script: installs what is missing, builds what changed, and runs the rest on the Node 24 that npm brought.
// Runs on the Node that happens to be installed (20.19 or newer), so it imports nothing but Node.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doors } from './doors.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node24 = join(root, 'node_modules', 'node', 'bin', 'node');
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const say = (text) => process.stderr.write(`${text}\n`);

/** npm writes its hidden lock file last: what stands in it is installed, whatever interrupted an earlier attempt. */
function missingPackages(withDevelopment) {
  const hidden = 'node_modules/.package-lock.json';
  const wanted = Object.entries(readJson('package-lock.json').packages).filter(
    ([path, entry]) =>
      path !== '' &&
      !entry.optional &&
      !entry.link &&
      !entry.devOptional &&
      path.startsWith('node_modules/') &&
      (withDevelopment || !entry.dev),
  );
  if (!existsSync(join(root, hidden)) || !existsSync(node24)) return wanted.length;
  const installed = readJson(hidden).packages;
  return wanted.filter(([path, entry]) => installed[path]?.version !== entry.version).length;
}

function install(withDevelopment) {
  const missing = missingPackages(withDevelopment);
  if (missing === 0) return;
  say(`Installing ${missing} packages from the npm registry (once; a minute or two) ...`);
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const options = ['ci', '--no-audit', '--no-fund', ...(withDevelopment ? [] : ['--omit=dev'])];
  const { status } = spawnSync(command, [...first, ...options], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    say('npm ci failed: see its message above. Is the npm registry reachable? The next start tries again.');
    process.exit(1);
  }
}

/** Runs one step and answers its exit code. Signals reach the child, which ends in its own time; the second step never starts then. */
function run(argv) {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${dirname(node24)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH}` };
    const child = spawn(node24, argv, { cwd: root, stdio: 'inherit', env });
    const forward = (signal) => child.kill(signal);
    // The terminal sends Ctrl-C to the whole group, so the child has it already.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', forward);
    process.on('SIGHUP', forward);
    child.on('close', (code, signal) => {
      process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM').removeAllListeners('SIGHUP');
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

const [name, ...rest] = process.argv.slice(2);
const door = doors[name];
if (!door) {
  say(`No such door: ${name ?? '(none)'}. There are: ${Object.keys(doors).join(', ')}.`);
  process.exit(2);
}
install(door.development ?? false);
let failed = await run(['node_modules/typescript/bin/tsc', '-b', '--noCheck']);
if (failed === 0) failed = await run(['gateway/dist/validation/build-definitions.js']);
if (failed === 0 && door.passArguments) {
  failed = await run([...door.steps[0].argv, ...rest]);
} else {
  for (const step of failed === 0 ? door.steps : []) {
    const started = Date.now();
    say(`\n== ${step.title}`);
    const code = await run(step.argv);
    say(`${code === 0 ? 'ok' : `FAILED (exit ${code})`}: ${step.title}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
    if (code !== 0) failed = code;
    if (code > 128) break;
  }
}
process.exitCode = failed;
