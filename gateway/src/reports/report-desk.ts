import { randomBytes } from 'node:crypto';
import { setImmediate as yieldTurn } from 'node:timers/promises';
import { newError, toCodedError } from '../problem';
import type { ReportOptions } from './report-options';

/** What a report is made by, step by step. */
export interface ReportWork {
  /** Kept rows are read list by list, in their order; pausing lets others work, and ends what nobody waits for any more. */
  run(steps: { readonly keep: (list: string, row: object) => void; readonly pause: () => Promise<void> }): Promise<void>;
  /** All that is known so far. */
  tell(): object;
}

export interface Report {
  readonly reportId: string;
  /** Failed: with the code of the error; to be asked for anew. */
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly code: string | null;
  readonly begunAt: string;
  readonly told: object;
}

interface Job {
  readonly owner: string;
  readonly kind: string;
  readonly work: ReportWork;
  readonly begunAt: number;
  status: Report['status'];
  code: string | null;
}

/** How long a report is kept, in milliseconds. */
const keptMs = 24 * 3_600_000;
/** Reports of one person that are kept at a time. */
const mostKept = 5;

/** Makes reports one after another; they are their owners', and gone with the process. */
export class ReportDesk {
  readonly #options: Pick<ReportOptions, 'store' | 'onTrouble'>;
  readonly #now: () => number;
  readonly #jobs = new Map<string, Job>();
  #queue: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: Pick<ReportOptions, 'store' | 'onTrouble'>, now: () => number = Date.now) {
    this.#options = options;
    this.#now = now;
    options.store.reports.clear();
  }

  /** Resolves when none is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#queue;
  }

  /** @throws CodedError REQUESTS_TOO_MANY */
  begin(owner: string, kind: string, work: ReportWork): Report {
    this.#forgetExpired();
    if ([...this.#jobs.values()].filter((job) => job.owner === owner).length >= mostKept)
      throw newError('REQUESTS_TOO_MANY', `You have ${String(mostKept)} reports here; delete one that is not needed any more`);
    const reportId = randomBytes(16).toString('base64url');
    const job: Job = { owner, kind, work, begunAt: this.#now(), status: 'waiting', code: null };
    this.#jobs.set(reportId, job);
    this.#queue = this.#queue.then(() => this.#make(reportId, job));
    return tell(reportId, job);
  }

  /** @throws CodedError RESOURCE_NOT_FOUND, also for another's */
  find(owner: string, kind: string, reportId: string): Report {
    return tell(reportId, this.#findJob(owner, kind, reportId));
  }

  /** A page of what it lists; `next`: behind which place the next one begins. @throws CodedError RESOURCE_NOT_FOUND */
  list(
    report: { readonly owner: string; readonly kind: string; readonly reportId: string },
    list: string,
    { after, most }: { readonly after: number; readonly most: number },
  ): { readonly rows: readonly object[]; readonly next: number | undefined } {
    const { owner, kind, reportId } = report;
    this.#findJob(owner, kind, reportId);
    const found = this.#options.store.reports.list({ reportId, list }, after, most + 1);
    const rows = found.slice(0, most);
    return { rows: rows.map(({ row }) => row), next: found.length > most ? rows.at(-1)?.place : undefined };
  }

  /** Ends it and forgets all of it. @throws CodedError RESOURCE_NOT_FOUND */
  remove(owner: string, kind: string, reportId: string): void {
    this.#findJob(owner, kind, reportId);
    this.#forget(reportId);
  }

  #findJob(owner: string, kind: string, reportId: string): Job {
    this.#forgetExpired();
    const job = this.#jobs.get(reportId);
    if (job?.owner !== owner || job.kind !== kind) throw newError('RESOURCE_NOT_FOUND', 'No such report is kept here');
    return job;
  }

  #forgetExpired(): void {
    for (const [reportId, { begunAt }] of this.#jobs) if (begunAt + keptMs <= this.#now()) this.#forget(reportId);
  }

  #forget(reportId: string): void {
    this.#jobs.delete(reportId);
    this.#options.store.reports.remove(reportId);
  }

  async #make(reportId: string, job: Job): Promise<void> {
    const isWanted = (): boolean => !this.#isStopped && this.#jobs.has(reportId);
    if (!isWanted()) return;
    job.status = 'running';
    let place = 0;
    const keep = (list: string, row: object): void => {
      place += 1;
      this.#options.store.reports.put({ reportId, list }, place, row);
    };
    const pause = async (): Promise<void> => {
      await yieldTurn();
      if (!isWanted()) throw newError('DRAINING', 'The report is not wanted any more');
    };
    try {
      await job.work.run({ keep, pause });
      job.status = 'done';
    } catch (error) {
      job.status = 'failed';
      job.code = toCodedError(error).code;
      if (isWanted()) this.#options.onTrouble(error);
    }
  }
}

function tell(reportId: string, { status, code, begunAt, work }: Job): Report {
  return { reportId, status, code, begunAt: new Date(begunAt).toISOString(), told: work.tell() };
}
