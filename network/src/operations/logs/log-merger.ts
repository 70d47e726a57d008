import { readLogLine, type LogLine } from './read-log-line';

/** A line in its place among those of all processes. */
export interface LogEntry {
  readonly process: string;
  /** Milliseconds since the epoch: what the line says; else that of the line it belongs to, or when it arrived. */
  readonly time: number;
  readonly text: string;
}

/** Longer than any program holds a line back after it took its time. */
const PATIENCE_MS = 1000;

/** Puts the lines of several processes in the order of their times, whichever file is read first. */
export class LogMerger {
  #waiting: (LogEntry & { readonly arrived: number })[] = [];

  /** @param arrived when the lines were read, or last can have been written; milliseconds since the epoch. */
  add(process: string, lines: readonly string[], arrived: number): void {
    const entries = placeInTime(lines.map(readLogLine), arrived);
    this.#waiting.push(...entries.map(({ time, text }) => ({ process, time, text, arrived })));
  }

  /** What is not later than that moment: of that time, no file has an unread line. A line from the future waits a second at most. */
  takeUntil(moment: number): LogEntry[] {
    const isDue = ({ time, arrived }: { time: number; arrived: number }): boolean => time <= moment || arrived <= moment - PATIENCE_MS;
    const due = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((entry) => !isDue(entry));
    return due.toSorted((one, other) => one.time - other.time).map(({ process, time, text }) => ({ process, time, text }));
  }

  takeAll(): LogEntry[] {
    return this.takeUntil(Number.POSITIVE_INFINITY);
  }
}

/** A plain line goes with the one before it (a stack goes with its error), else it arrived now, or before the next that says a time. */
function placeInTime(lines: readonly LogLine[], arrived: number): { time: number; text: string }[] {
  const first = lines.find(({ time }) => time !== undefined)?.time ?? arrived;
  let latest = Math.min(first, arrived);
  return lines.map(({ time, text }) => {
    // Within a process the order of writing counts, also where threads took their times in another one.
    latest = Math.max(latest, time ?? latest);
    return { time: latest, text };
  });
}
