import { randomBytes } from 'node:crypto';
import { newBackoff } from '../ledger/backoff';
import { newError } from '../problem';
import type { LocalKey } from '../store';
import { ExportFolder } from './export-folder';
import type { ExportFile, ExportJob } from './export-job';
import { isPassing, type ExportScope, type ExportSource } from './export-source';

export interface ExporterOptions<Request extends ExportScope, Place> {
  readonly source: ExportSource<Request, Place>;
  /** Where exports are kept. */
  readonly folder: string;
  readonly key: LocalKey;
  readonly onTrouble: (error: unknown) => void;
  readonly now?: () => number;
}

/** How long an export is kept after its last step, in milliseconds. */
const keptMs = 24 * 3_600_000;
/** What was proposed to the ledger within this time may not be visible yet: it is told as not in the export, so that the next one has it. */
const settledMs = 60_000;
/** Exports of one person that are kept at a time. */
const mostKept = 5;
/** A file is closed when it has so many characters. */
const fileLength = 4_194_304;

/** Carries out exports one after another, step by step: what a step wrote is kept, and a later run of the gateway goes on after it. */
export class Exporter<Request extends ExportScope, Place> {
  readonly #options: ExporterOptions<Request, Place>;
  readonly #folder: ExportFolder<ExportJob<Request, Place>>;
  readonly #now: () => number;
  readonly #jobs = new Map<string, ExportJob<Request, Place>>();
  /** Those that count already and are not on disk: nobody works on them before. */
  readonly #unsaved = new Set<string>();
  /** What the step under way has read: it is written down at its end. */
  #reading: { readonly exportId: string; readonly count: number; readonly after: Place | undefined } | undefined;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  /** What is being written down, until it is. */
  #writing: Promise<void> = Promise.resolve();

  constructor(options: ExporterOptions<Request, Place>) {
    this.#options = options;
    this.#folder = new ExportFolder(options.folder, options.key);
    this.#now = options.now ?? Date.now;
    for (const job of this.#folder.loadJobs()) this.#jobs.set(job.exportId, job);
  }

  /** Goes on with what an earlier run left. */
  start(): void {
    this.#forgetExpired();
    this.#work();
  }

  /** Resolves when no step is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /**
   * Begins an export; it goes on by itself.
   * @throws CodedError REQUESTS_TOO_MANY
   */
  async begin(owner: string, url: string, request: Request): Promise<ExportJob<Request, Place>> {
    this.#forgetExpired();
    if ([...this.#jobs.values()].filter((job) => job.owner === owner).length >= mostKept)
      throw newError('REQUESTS_TOO_MANY', `You have ${String(mostKept)} exports here; delete one that is not needed any more`);
    const now = this.#now();
    const transactionTime = new Date(now - settledMs).toISOString();
    const exportId = randomBytes(16).toString('base64url');
    const start = { state: 'running', typesDone: 0, after: null, files: [], expiresAt: now + keptMs } as const;
    const job: ExportJob<Request, Place> = { exportId, owner, url, request, transactionTime, ...start };
    this.#jobs.set(exportId, job);
    this.#unsaved.add(exportId);
    try {
      await this.#folder.saveJob(job);
    } catch (error) {
      this.#forget(job);
      throw error;
    } finally {
      this.#unsaved.delete(exportId);
    }
    this.#work();
    return job;
  }

  /** @throws CodedError RESOURCE_NOT_FOUND, also for another's */
  find(owner: string, exportId: string): ExportJob<Request, Place> {
    this.#forgetExpired();
    const job = this.#jobs.get(exportId);
    if (job?.owner !== owner) throw newError('RESOURCE_NOT_FOUND', 'No such export is kept here');
    return job;
  }

  /** How many lines there are by now, and up to where the type at work is read. */
  readProgress({ exportId, files, after }: ExportJob<Request, Place>): { readonly count: number; readonly after: Place | null } {
    const written = files.reduce((sum, { count }) => sum + count, 0);
    if (this.#reading?.exportId !== exportId) return { count: written, after };
    return { count: written + this.#reading.count, after: this.#reading.after ?? after };
  }

  /** Ends an export and forgets all of it: resolves when nothing of it is on disk. @throws CodedError RESOURCE_NOT_FOUND */
  async remove(owner: string, exportId: string): Promise<void> {
    const job = this.find(owner, exportId);
    this.#jobs.delete(exportId);
    // A step that is writing would make its folder again.
    await this.#writing;
    this.#forget(job);
  }

  /** A file with its text. @throws CodedError RESOURCE_NOT_FOUND, STORE_CORRUPT */
  async readFile(
    owner: string,
    exportId: string,
    name: string,
  ): Promise<{ readonly job: ExportJob<Request, Place>; readonly file: ExportFile; readonly text: string }> {
    const job = this.find(owner, exportId);
    const file = job.files.find((one) => one.name === name);
    if (job.state !== 'done' || file === undefined) throw newError('RESOURCE_NOT_FOUND', 'The export has no such file, or not yet');
    return { job, file, text: await this.#folder.readText(exportId, name) };
  }

  #forgetExpired(): void {
    const now = this.#now();
    for (const job of this.#jobs.values()) if (job.expiresAt <= now) this.#forget(job);
  }

  #forget({ exportId }: ExportJob<Request, Place>): void {
    this.#jobs.delete(exportId);
    this.#folder.remove(exportId);
  }

  #work(): void {
    this.#running ??= this.#runAll()
      .catch(this.#options.onTrouble)
      .finally(() => {
        this.#running = undefined;
        if (this.#findNext() !== undefined) this.#work();
      });
  }

  /** The one that waits longest. */
  #findNext(): ExportJob<Request, Place> | undefined {
    if (this.#stopping.signal.aborted) return undefined;
    return [...this.#jobs.values()].find(({ state, exportId }) => state === 'running' && !this.#unsaved.has(exportId));
  }

  async #runAll(): Promise<void> {
    const { signal } = this.#stopping;
    let backoff = newBackoff({ firstMs: 200, mostMs: 10_000, signal });
    for (let job = this.#findNext(); job !== undefined; job = this.#findNext()) {
      try {
        await this.#advance(job);
        backoff = newBackoff({ firstMs: 200, mostMs: 10_000, signal });
      } catch (error) {
        if (!isPassing(error)) this.#options.onTrouble(error);
        await backoff.wait();
      }
    }
  }

  async #advance(job: ExportJob<Request, Place>): Promise<void> {
    const step = await this.#readStep(job);
    if (!this.#jobs.has(job.exportId)) return;
    const writing = this.#write(job, step);
    this.#writing = writing.catch(() => undefined);
    await writing;
  }

  /** Writes the next files, and where those after them begin. */
  async #write(job: ExportJob<Request, Place>, { after, lines }: Step<Place>): Promise<void> {
    const files = [...job.files];
    for (const { kind, type, texts } of lines) {
      if (texts.length === 0) continue;
      const name = String(files.length + 1);
      await this.#folder.saveFile(job.exportId, name, this.#options.source.formatFile(job.request, kind, texts));
      files.push({ name, kind, type, count: texts.length });
    }
    const typesDone = job.typesDone + (after === undefined ? 1 : 0);
    const state = typesDone >= job.request.types.length ? 'done' : 'running';
    const next: ExportJob<Request, Place> = { ...job, files, typesDone, after: after ?? null, state, expiresAt: this.#now() + keptMs };
    await this.#folder.saveJob(next);
    this.#reading = undefined;
    if (this.#jobs.has(job.exportId)) this.#jobs.set(job.exportId, next);
    // It was deleted meanwhile.
    else this.#folder.remove(job.exportId);
  }

  /** Reads pages of the type at work until a file is full. */
  async #readStep({ exportId, request, typesDone, after: start }: ExportJob<Request, Place>): Promise<Step<Place>> {
    const { source } = this.#options;
    const type = request.types[typesDone] ?? '';
    const [output, errors]: [string[], string[]] = [[], []];
    let after: Place | undefined = start ?? undefined;
    let length = 0;
    do {
      const page = await source.readPage({ request, after: after ?? null }, type);
      output.push(...page.lines);
      errors.push(...page.errors);
      length += page.lines.reduce((sum, line) => sum + line.length, 0);
      after = page.after;
      this.#reading = { exportId, count: output.length, after };
    } while (after !== undefined && length < fileLength && !this.#stopping.signal.aborted && this.#jobs.has(exportId));
    const deleted = after === undefined ? await source.listDeletions(request, type) : [];
    const lines = [
      { kind: 'output', type, texts: output },
      { kind: 'deleted', type: 'Bundle', texts: deleted },
      { kind: 'error', type: 'OperationOutcome', texts: errors },
    ] as const;
    return { after, lines };
  }
}

/** What the next files hold, and where those after them begin: nothing when the type is done. */
interface Step<Place> {
  readonly after: Place | undefined;
  readonly lines: readonly (Pick<ExportFile, 'kind' | 'type'> & { readonly texts: readonly string[] })[];
}
