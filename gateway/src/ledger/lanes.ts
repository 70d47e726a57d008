/** Lets a bounded number of tasks run at a time, the others wait in order. */
export type Lanes = <T>(task: () => Promise<T>) => Promise<T>;

export function newLanes(count: number): Lanes {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Runs tasks of the same name one after another, others beside each other. */
export type Queues = <T>(name: string, task: () => Promise<T>) => Promise<T>;

export function newQueues(): Queues {
  const tails = new Map<string, Promise<unknown>>();
  return async (name, task) => {
    const before = tails.get(name) ?? Promise.resolve();
    const mine = before.then(task, task);
    tails.set(name, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(name) === mine) tails.delete(name);
    }
  };
}
