import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, type LocalKey } from '../store';
import type { ExportJob } from './export-job';
import type { ExportScope } from './export-source';

const stateName = 'state';

/** Exports on disk: a folder each, every file sealed with the gateway's key, for its place only. */
export class ExportFolder<Job extends ExportJob<ExportScope, unknown>> {
  readonly #path: string;
  readonly #key: LocalKey;

  constructor(path: string, key: LocalKey) {
    this.#path = path;
    this.#key = key;
  }

  /** All that are kept; what cannot be read is removed. */
  loadJobs(): readonly Job[] {
    if (!existsSync(this.#path)) return [];
    return readdirSync(this.#path).flatMap((exportId) => {
      try {
        const sealed = readFileSync(join(this.#path, exportId, stateName));
        return [JSON.parse(Buffer.from(this.#key.open(nameOf(exportId, stateName), sealed)).toString('utf8')) as Job];
      } catch {
        this.remove(exportId);
        return [];
      }
    });
  }

  /** Resolves when it survives a power failure. */
  async saveJob(job: Job): Promise<void> {
    await this.saveFile(job.exportId, stateName, JSON.stringify(job));
  }

  /** Whole or not at all. */
  async saveFile(exportId: string, name: string, text: string): Promise<void> {
    const folder = join(this.#path, exportId);
    makePrivateFolder(folder);
    const draft = join(folder, `${name}.draft`);
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(this.#key.seal(nameOf(exportId, name), Buffer.from(text)));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, join(folder, name));
  }

  async readText(exportId: string, name: string): Promise<string> {
    const sealed = await readFile(join(this.#path, exportId, name));
    return Buffer.from(this.#key.open(nameOf(exportId, name), sealed)).toString('utf8');
  }

  remove(exportId: string): void {
    rmSync(join(this.#path, exportId), { recursive: true, force: true });
  }
}

function nameOf(exportId: string, name: string): string {
  return `export/${exportId}/${name}`;
}
