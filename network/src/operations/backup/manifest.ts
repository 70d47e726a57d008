import { createHash } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { listFiles } from './copy-tree';

/** First entry of an archive: what else is in it. */
export const MANIFEST = 'manifest.json';

const manifestSchema = z.strictObject({
  version: z.literal(1),
  network: z.string(),
  channel: z.string(),
  organisation: z.string(),
  mspId: z.string(),
  madeAt: z.string(),
  /** Release of Fabric that wrote the ledger. */
  fabric: z.string(),
  /** Blocks that the peer had at least; undefined: it did not run. */
  height: z.int().optional(),
  /** What the gateways keep outside of the organisation's folder, in words: a restore needs it, too. */
  elsewhere: z.array(z.string()).default([]),
  files: z.array(
    z.strictObject({
      path: z.string().min(1),
      bytes: z.int().min(0),
      /** Permissions, as in chmod(2). */
      mode: z.int().min(0).max(0o777),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

export type Manifest = z.output<typeof manifestSchema>;
export type ManifestFile = Manifest['files'][number];

const PERMISSIONS = 0o777;
const READ_BYTES = 1_048_576;

/** Lists every file of a folder with its digest. */
export async function listDigests(folder: string): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const path of await listFiles(folder, (each) => each === MANIFEST, false)) {
    const { size, mode } = await stat(join(folder, path));
    files.push({ path, bytes: size, mode: mode & PERMISSIONS, sha256: await digestFile(join(folder, path)) });
  }
  return files;
}

/** @throws ZodError, SyntaxError when it is none */
export async function readManifest(folder: string): Promise<Manifest> {
  return manifestSchema.parse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')));
}

/**
 * Compares a folder with its manifest and gives every file its permissions. Returns the first difference in words; undefined: there is none, and
 * all of it is on the disk.
 */
export async function findDifference(folder: string, { files }: Manifest): Promise<string | undefined> {
  const found = new Set(await listFiles(folder, (each) => each === MANIFEST, false));
  for (const { path, bytes, mode, sha256 } of files) {
    if (!found.delete(path)) return `${path} is missing`;
    if ((await digestFile(join(folder, path))) !== sha256) return `${path} is another file (${String(bytes)} bytes expected)`;
    chmodSync(join(folder, path), mode);
  }
  const [unlisted] = found;
  return unlisted === undefined ? undefined : `${unlisted} is not in its list of files`;
}

/** Reads a file to its end, and waits until the disk has it. */
async function digestFile(file: string): Promise<string> {
  const digest = createHash('sha256');
  const handle = await open(file, 'r');
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: READ_BYTES })) digest.update(chunk as Buffer);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return digest.digest('hex');
}
