import { AsyncLocalStorage } from 'node:async_hooks';

interface Deadline {
  /** Milliseconds of `performance.now()`. */
  endsAt: number;
}

const current = new AsyncLocalStorage<Deadline>();

/**
 * Runs work that somebody waits for; everything that it calls, however deep, sees how long. Rejects with `late()` when the time is over: the
 * work then goes on by itself, and what it asks of the ledger without having changed anything yet is given up.
 */
export async function withinDeadline<T>(ms: number, work: () => Promise<T>, late: () => Error): Promise<T> {
  const deadline: Deadline = { endsAt: performance.now() + ms };
  const done = current.run(deadline, work).finally(() => {
    // Timers and queues that the work leaves behind serve others, too.
    deadline.endsAt = Number.POSITIVE_INFINITY;
  });
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(late());
    }, ms);
  });
  // Once it is late nobody looks at the outcome any more.
  done.catch(() => undefined);
  try {
    return await Promise.race([done, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds that whoever waits for this still has; infinite when nobody waits. */
export function timeLeft(): number {
  const endsAt = current.getStore()?.endsAt;
  return endsAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, endsAt - performance.now());
}

/** From here on stopping half-way would leave something behind: the work is brought to its end, whether or not somebody still waits. */
export function finishRegardless(): void {
  const deadline = current.getStore();
  if (deadline !== undefined) deadline.endsAt = Number.POSITIVE_INFINITY;
}
