import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { writePublicFile } from '../files';
import type { Resumable } from './download-answer';

/** What the first part came from; the rest must come from the same. */
interface Origin {
  readonly url: string;
  /** The server's ETag or date of that very content (RFC 9110, 8.8). */
  readonly validator: string;
}

/** The first part of a download, with what is needed to go on with the rest. */
export class PartialFile {
  readonly path: string;
  readonly #originFile: string;

  constructor(path: string) {
    this.path = path;
    this.#originFile = `${path}.origin.json`;
  }

  /** How much is there and by which validator the rest can be asked for; undefined when it must be fetched from the start. */
  findResumable(url: string): Resumable | undefined {
    if (!existsSync(this.path) || !existsSync(this.#originFile)) return undefined;
    const origin = JSON.parse(readFileSync(this.#originFile, 'utf8')) as Origin;
    const bytes = statSync(this.path).size;
    return origin.url === url && bytes > 0 ? { bytes, validator: origin.validator } : undefined;
  }

  /** Forgets what is there and begins anew. Without a validator this part cannot be gone on with later. */
  async begin(url: string, validator: string | undefined): Promise<FileHandle> {
    this.remove();
    const handle = await open(this.path, 'w');
    if (validator !== undefined) writePublicFile(this.#originFile, JSON.stringify({ url, validator } satisfies Origin));
    return handle;
  }

  append(): Promise<FileHandle> {
    return open(this.path, 'a');
  }

  remove(): void {
    rmSync(this.path, { force: true });
    rmSync(this.#originFile, { force: true });
  }
}
