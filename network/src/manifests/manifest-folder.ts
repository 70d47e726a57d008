import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ManifestFile } from './manifest-file';

/** Says of every rendered file what it was, as `sha256sum -c` reads it. What is not in it was put there by somebody else and is left alone. */
export const INDEX = 'rendered.sha256';

const LINE = /^[0-9a-f]{64} {2}(.+)$/;
const READABLE = 0o644;
const EXECUTABLE = 0o755;

/** How a folder differs from what was rendered: paths, sorted. */
export interface FolderDifference {
  /** Missing, or with other bytes. */
  readonly stale: readonly string[];
  /** Rendered earlier, and no part of it any more. */
  readonly left: readonly string[];
}

export function compareManifests(folder: string, files: readonly ManifestFile[]): FolderDifference {
  const all = [...files, newIndex(files)];
  const paths = new Set(all.map(({ path }) => path));
  return {
    stale: all.filter((file) => !isWritten(folder, file)).map(({ path }) => path),
    left: readIndex(folder).filter((path) => !paths.has(path) && statSync(join(folder, path), { throwIfNoEntry: false }) !== undefined),
  };
}

/** Makes a folder hold what was rendered, and nothing that was rendered earlier; says what it had to change. */
export function writeManifests(folder: string, files: readonly ManifestFile[]): FolderDifference {
  const difference = compareManifests(folder, files);
  const stale = new Set(difference.stale);
  for (const path of difference.left) rmSync(join(folder, path));
  // The index is last: what it names is there, also after an interruption.
  for (const file of [...files, newIndex(files)].filter(({ path }) => stale.has(path))) {
    const target = join(folder, file.path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, file.text);
    chmodSync(target, file.executable ? EXECUTABLE : READABLE);
  }
  return difference;
}

function newIndex(files: readonly ManifestFile[]): ManifestFile {
  const lines = files.map(({ path, text }) => `${createHash('sha256').update(text).digest('hex')}  ${path}`);
  return { path: INDEX, text: `${lines.join('\n')}\n`, executable: false };
}

function readIndex(folder: string): string[] {
  return (readText(join(folder, INDEX)) ?? '').split('\n').flatMap((line) => {
    const [, path] = LINE.exec(line) ?? [];
    return path === undefined || path.split('/').includes('..') ? [] : [path];
  });
}

function isWritten(folder: string, { path, text, executable }: ManifestFile): boolean {
  const file = join(folder, path);
  if (readText(file) !== text) return false;
  return !executable || (statSync(file).mode & 0o100) !== 0;
}

function readText(file: string): string | undefined {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file, 'utf8') : undefined;
}
