/** Waits until the condition holds; one that throws does not hold yet. @throws Error after the deadline, with what was thrown last */
export async function waitFor(condition: () => unknown, deadlineMs = 30_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  let cause: unknown;
  for (;;) {
    try {
      if ((await condition()) === true) return;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > end)
      throw new Error(`still not so after ${String(deadlineMs)} ms: ${condition.toString()}; ${String(cause)}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The first items of a stream that never ends by itself. */
export async function take<T>(stream: AsyncIterable<T>, count: number): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) {
    items.push(item);
    if (items.length === count) break;
  }
  return items;
}
