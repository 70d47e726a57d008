import type { ChildProcess } from 'node:child_process';
import { CodedError } from '../coded-error';
import { ProcessError } from './process-error';

interface Question {
  readonly question: number;
  readonly body: unknown;
}

interface Answer {
  readonly answer: number;
  readonly body?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** An error that the other process reported, with its code. */
export class AnsweredError extends CodedError<string> {}

/** The supervisor's end of the message channel to one life of a Node process. */
export class Conversation {
  readonly #child: ChildProcess;
  readonly #title: string;
  readonly #open = new Map<number, { resolve: (body: unknown) => void; reject: (error: Error) => void }>();
  #asked = 0;

  constructor(child: ChildProcess, title: string) {
    this.#child = child;
    this.#title = title;
    child.on('message', (message) => {
      this.#hear(message as Answer);
    });
    child.once('exit', () => {
      this.#giveUp();
    });
  }

  /** @throws AnsweredError with the other side's code; ProcessError PROCESS_UNREACHABLE when it ended before it answered. */
  ask(body: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const question = (this.#asked += 1);
      this.#open.set(question, { resolve, reject });
      this.#child.send({ question, body } satisfies Question, (error) => {
        if (error !== null) this.#giveUp();
      });
    });
  }

  #hear(message: Answer): void {
    const waiting = this.#open.get(message.answer);
    if (waiting === undefined) return;
    this.#open.delete(message.answer);
    if (message.error === undefined) waiting.resolve(message.body);
    else waiting.reject(new AnsweredError(message.error.code, message.error.message, message.error.hint));
  }

  #giveUp(): void {
    for (const { reject } of this.#open.values()) {
      reject(
        new ProcessError('PROCESS_UNREACHABLE', `${this.#title} ended before it answered.`, {
          hint: 'It is being started again; repeat the command.',
        }),
      );
    }
    this.#open.clear();
  }
}

/** The other end: answers the supervisor's questions, one handler for all. Does not keep the process alive. */
export function answerQuestions(handle: (body: unknown) => Promise<unknown>): void {
  process.on('message', (message: Question) => {
    handle(message.body).then(
      (body) => process.send?.({ answer: message.question, body } satisfies Answer),
      (error: unknown) => process.send?.({ answer: message.question, error: describeError(error) } satisfies Answer),
    );
  });
  process.channel?.unref();
}

function describeError(error: unknown): { code: string; message: string; hint?: string } {
  const { code, message, hint } = error as { code?: unknown; message?: unknown; hint?: unknown };
  return {
    code: typeof code === 'string' ? code : 'INTERNAL',
    message: typeof message === 'string' ? message : String(error),
    ...(typeof hint === 'string' ? { hint } : {}),
  };
}
