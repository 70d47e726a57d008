import { setTimeout as pause } from 'node:timers/promises';
import { askFor, readAnswer } from './download-answer';
import { DownloadFailure, describeDownloadError } from './download-failure';
import { formatBytes, newProgress, type Progress } from './download-progress';
import type { DownloadLimits } from './fabric-surroundings';
import type { PartialFile } from './partial-file';

const DEFAULT_LIMITS: DownloadLimits = { connectMs: 10_000, stallMs: 20_000, retryDelaysMs: [1000, 3000, 9000] };

export interface DownloadOptions {
  readonly limits?: Partial<DownloadLimits> | undefined;
  readonly tell: (text: string) => void;
}

/** One request for the rest of a file. */
interface Attempt {
  readonly url: URL;
  readonly partial: PartialFile;
  readonly limits: DownloadLimits;
  readonly progress: Progress;
}

/**
 * Fetches a file into `partial`, going on with what an earlier attempt, of this process or of another one, left there. A connection that
 * breaks off or stalls once the server has answered is tried again; one that never came about is not.
 * @throws DownloadFailure
 */
export async function download(url: URL, partial: PartialFile, { limits, tell }: DownloadOptions): Promise<void> {
  const attempt: Attempt = { url, partial, limits: { ...DEFAULT_LIMITS, ...limits }, progress: newProgress(tell) };
  const { retryDelaysMs } = attempt.limits;
  for (let retry = 0; ; retry += 1) {
    const attemptsBefore = attempt.progress.attempts();
    try {
      await fetchRest(attempt);
      return;
    } catch (error) {
      const reason = describeDownloadError(error);
      const delay = retryDelaysMs[retry];
      const wasAnswered = attempt.progress.attempts() > attemptsBefore;
      if (!wasAnswered || delay === undefined) throw new DownloadFailure(reason);
      tell(`the download stopped: ${reason}; it goes on at ${formatBytes(attempt.progress.bytes())}`);
      await pause(delay);
    }
  }
}

async function fetchRest(attempt: Attempt): Promise<void> {
  const watch = new Watchdog();
  try {
    await requestRest(attempt, watch);
  } catch (error) {
    if (error instanceof DownloadFailure && error.mustBeginAnew) attempt.partial.remove();
    throw watch.reason === undefined ? error : new DownloadFailure(watch.reason);
  } finally {
    watch.rest();
  }
}

async function requestRest({ url, partial, limits, progress }: Attempt, watch: Watchdog): Promise<void> {
  const resumable = partial.findResumable(url.href);
  watch.expect(limits.connectMs, `no answer within ${formatSeconds(limits.connectMs)}`);
  const response = await fetch(url, { headers: askFor(resumable), signal: watch.signal });
  const { from, total, isComplete, validator } = readAnswer(response, resumable);
  if (isComplete) return;
  const handle = from === 0 ? await partial.begin(url.href, validator) : await partial.append();
  progress.begin(from, total);
  try {
    for await (const chunk of response.body ?? []) {
      await handle.writeFile(chunk as Uint8Array);
      progress.add((chunk as Uint8Array).length);
      watch.expect(limits.stallMs, `nothing more came for ${formatSeconds(limits.stallMs)}`);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (total !== undefined && progress.bytes() !== total) throw new DownloadFailure('connection broken off');
}

function formatSeconds(ms: number): string {
  return `${ms / 1000} s`;
}

/** Ends a request that does not get on, and remembers why. */
class Watchdog {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  reason: string | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on, until the next call, this long may pass. */
  expect(withinMs: number, otherwise: string): void {
    this.rest();
    this.#timer = setTimeout(() => {
      this.reason = otherwise;
      this.#controller.abort();
    }, withinMs);
  }

  rest(): void {
    clearTimeout(this.#timer);
  }
}
