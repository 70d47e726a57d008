import { dirname, isAbsolute, join } from 'node:path';
import { askVersion } from './ask-version';
import { OPTIONAL_PROGRAMS, REQUIRED_PROGRAMS, isExecutable, type ProgramPaths, type RequiredProgram } from './fabric-programs';
import { ACCEPTED_VERSIONS, isAcceptedVersion } from './fabric-version';

/** Usable programs, or what is the matter with what was found. */
export type Look =
  { readonly found: { readonly version: string; readonly folder: string; readonly programs: ProgramPaths } } | { readonly problem: string };

/** Looks for Fabric's programs in folders as a shell does in those of PATH: the first that has a program of the name. */
export async function lookInFolders(folders: readonly string[]): Promise<Look> {
  const places = folders.filter((folder) => isAbsolute(folder));
  const locate = (program: string): string | undefined => places.map((folder) => join(folder, program)).find(isExecutable);
  const located = REQUIRED_PROGRAMS.map((program) => [program, locate(program)] as const);
  const missing = located.flatMap(([program, file]) => (file === undefined ? [program] : []));
  if (missing.length === REQUIRED_PROGRAMS.length) return { problem: `no ${REQUIRED_PROGRAMS.join(', ')}` };
  const present = located.flatMap(([program, file]) => (file === undefined ? [] : [[program, file] as const]));
  const checked = await checkVersions(present);
  if ('problem' in checked) return checked;
  if (missing.length > 0) return { problem: `${present.map(([, file]) => file).join(', ')}, but no ${missing.join(' and no ')}` };
  const optional = OPTIONAL_PROGRAMS.map((program) => [program, locate(program)] as const).filter(([, file]) => file !== undefined);
  const programs = Object.fromEntries([...present, ...optional]) as ProgramPaths;
  return { found: { version: checked.version, folder: dirname(programs.peer), programs } };
}

/** All of one version, and of one that fits. */
async function checkVersions(files: readonly (readonly [RequiredProgram, string])[]): Promise<{ version: string } | { problem: string }> {
  const answers = await Promise.all(files.map(async ([program, file]) => ({ file, answer: await askVersion(program, file) })));
  const mute = answers.flatMap(({ file, answer }) => ('problem' in answer ? [`${file} ${answer.problem}`] : []));
  if (mute.length > 0) return { problem: mute.join('; ') };
  const told = answers.flatMap(({ file, answer }) => ('version' in answer ? [{ file, version: answer.version }] : []));
  const wrong = told.filter(({ version }) => !isAcceptedVersion(version));
  if (wrong.length > 0) return { problem: `${tellVersions(wrong)}; needed is ${ACCEPTED_VERSIONS}` };
  const [first] = told;
  if (first === undefined || told.some(({ version }) => version !== first.version)) {
    return { problem: `programs of different versions: ${tellVersions(told)}` };
  }
  return { version: first.version };
}

function tellVersions(files: readonly { file: string; version: string }[]): string {
  return files.map(({ file, version }) => `${file} is ${version}`).join(', ');
}
