import { CodedError } from '../coded-error';

/** What can go wrong with a process, by stable code. */
export type ProcessErrorCode =
  | 'PROCESS_EXITED'
  | 'PROCESS_NOT_READY'
  | 'PROCESS_NOT_STARTED'
  | 'PROCESS_INTERRUPTED'
  | 'PROCESS_UNKNOWN'
  | 'PROCESS_UNREACHABLE'
  | 'PROCESS_HELD'
  | 'PORT_IN_USE';

/** What a process said itself before it ended, in a line such as `LEDGER_TORN: block 7 is missing`. */
export interface StatedReason {
  readonly code: string;
  readonly message: string;
}

interface Story {
  readonly hint?: string;
  readonly lastLines?: readonly string[];
  readonly reason?: StatedReason | undefined;
  readonly cause?: unknown;
}

/** A story: what happened (message), the last lines the process wrote, and what to try next (hint). */
export class ProcessError extends CodedError<ProcessErrorCode> {
  readonly lastLines: readonly string[];
  readonly reason: StatedReason | undefined;

  constructor(code: ProcessErrorCode, message: string, story: Story = {}) {
    super(code, message, story.hint, story.cause);
    this.lastLines = story.lastLines ?? [];
    this.reason = story.reason;
  }
}

const STATED = /^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): (.+)$/;

/** The last line by which a process gave its reason, if it did. */
export function findStatedReason(lines: readonly string[]): StatedReason | undefined {
  const [, code, message] = lines.map((line) => STATED.exec(line)).findLast((match) => match !== null) ?? [];
  return code === undefined || message === undefined ? undefined : { code, message };
}
