import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { RequiredProgram } from './fabric-programs';
import { parseFabricVersion } from './fabric-version';

const ARGUMENT: Readonly<Record<RequiredProgram, string>> = { peer: 'version', orderer: 'version', configtxgen: '--version' };
const ANSWERS_WITHIN_MS = 10_000;

/** The version that a program says it has, or why it said none. */
export type VersionAnswer = { readonly version: string } | { readonly problem: string };

/** Runs the program: a file of the right name may be of another system, another make, or half a file. */
export function askVersion(program: RequiredProgram, file: string): Promise<VersionAnswer> {
  return new Promise((resolve) => {
    // Nothing of the caller's environment: a CORE_ or ORDERER_ variable of a person must not decide whether the program starts.
    const options = { timeout: ANSWERS_WITHIN_MS, killSignal: 'SIGKILL', cwd: tmpdir(), env: {} } as const;
    const child = execFile(file, [ARGUMENT[program]], options, (error, stdout) => {
      const said = /^\s*Version:\s*(\S+)/m.exec(stdout)?.[1];
      const version = parseFabricVersion(said ?? '');
      if (version !== undefined) resolve({ version });
      else if (said !== undefined) resolve({ problem: `says that its version is ${said}` });
      else resolve({ problem: error === null ? 'does not say its version' : describeEnd(error) });
    });
    child.stdin?.end();
  });
}

function describeEnd({ code, signal, killed }: { code?: number | string | null; signal?: string | null; killed?: boolean }): string {
  if (killed === true) return `did not say its version within ${String(ANSWERS_WITHIN_MS / 1000)} s`;
  if (typeof code === 'string') return `cannot be run here (${code})`;
  return `is no program of Fabric for this machine (${signal ?? `exit code ${String(code)}`})`;
}
