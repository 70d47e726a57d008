/** How much one call takes at most, in whatever an item is measured by. */
export type Weight = Readonly<Record<string, number>>;

export interface CoalescerOptions<Item> {
  /** Calls under way at once. Beside others only a full one starts. */
  readonly lanes: number;
  /**
   * When several shared the last call, they come again one after another: the next call waits for as many, at most this share of the time
   * that the last one took. Who is alone never waits.
   */
  readonly gather: number;
  readonly weigh: (item: Item) => Weight;
  readonly most: Weight;
  /** Whether a call that failed may have failed for one of its items only: each is then tried alone. */
  readonly isOfOne: (error: unknown) => boolean;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly since: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Answers each of many callers with the outcome of one call that it shared with others who came while earlier calls were under way. */
export type Coalesce<Item, Outcome> = (item: Item) => Promise<Outcome>;

/** An item heavier than the most that a call takes is called alone. */
export function newCoalescer<Item, Outcome>(
  call: (items: readonly Item[]) => Promise<Outcome>,
  { lanes, gather, weigh, most, isOfOne }: CoalescerOptions<Item>,
): Coalesce<Item, Outcome> {
  const queue: Waiting<Item, Outcome>[] = [];
  let busy = 0;
  let last = { items: 1, took: 0 };
  let timer: NodeJS.Timeout | undefined;

  /** How many of those who wait fit into one call; undefined when all of them do. */
  const findEnd = (): number | undefined => {
    const sum: Record<string, number> = {};
    const end = queue.findIndex(({ item }, at) => {
      for (const [unit, weight] of Object.entries(weigh(item))) sum[unit] = (sum[unit] ?? 0) + weight;
      return at > 0 && Object.entries(most).some(([unit, limit]) => (sum[unit] ?? 0) > limit);
    });
    return end < 0 ? undefined : end;
  };

  /** Milliseconds until it is no use waiting for those who are still to come. */
  const gatherFor = (): number => {
    const [first] = queue;
    if (first === undefined || queue.length >= last.items) return 0;
    return first.since + last.took * gather - performance.now();
  };

  const mayStart = (): boolean => {
    if (queue.length === 0) return false;
    if (findEnd() !== undefined) return busy < lanes;
    return busy === 0 && gatherFor() <= 0;
  };

  const run = async (together: readonly Waiting<Item, Outcome>[]): Promise<void> => {
    try {
      const started = performance.now();
      const outcome = await call(together.map(({ item }) => item));
      last = { items: together.length, took: performance.now() - started };
      for (const { resolve } of together) resolve(outcome);
    } catch (error) {
      if (together.length > 1 && isOfOne(error)) for (const one of together) await run([one]);
      else for (const { reject } of together) reject(error);
    }
  };

  const work = async (): Promise<void> => {
    while (mayStart()) {
      busy += 1;
      await run(queue.splice(0, findEnd() ?? queue.length));
      busy -= 1;
    }
    clearTimeout(timer);
    if (queue.length > 0 && busy === 0) timer = setTimeout(() => void work(), Math.ceil(gatherFor()));
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, since: performance.now(), resolve, reject });
      // Whoever comes in the same turn shares the call.
      queueMicrotask(() => void work());
    });
}
