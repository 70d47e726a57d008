/** What can go wrong with a process, by stable code. */
export type ProcessErrorCode =
  | 'PROCESS_EXITED'
  | 'PROCESS_NOT_READY'
  | 'PROCESS_NOT_STARTED'
  | 'PROCESS_INTERRUPTED'
  | 'PROCESS_UNKNOWN'
  | 'PROCESS_UNREACHABLE'
  | 'PORT_IN_USE';

/** A story: what happened (message), the last lines the process wrote, and what to try next (hint). */
export class ProcessError extends Error {
  readonly code: ProcessErrorCode;
  readonly hint: string | undefined;
  readonly lastLines: readonly string[];

  constructor(code: ProcessErrorCode, message: string, story: { hint?: string; lastLines?: readonly string[]; cause?: unknown } = {}) {
    super(message, story.cause === undefined ? undefined : { cause: story.cause });
    this.name = 'ProcessError';
    this.code = code;
    this.hint = story.hint;
    this.lastLines = story.lastLines ?? [];
  }
}
