/** How much one call takes at most, in whatever an item is measured by. */
export type Weight = Readonly<Record<string, number>>;

export interface CoalescerOptions<Item> {
  /** Calls under way at once. The first starts at once, so that coalescing costs no time; beside others only a full one starts. */
  readonly lanes: number;
  readonly weigh: (item: Item) => Weight;
  readonly most: Weight;
  /** Whether a call that failed may have failed for one of its items only: each is then tried alone. */
  readonly isOfOne: (error: unknown) => boolean;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Answers each of many callers with the outcome of one call that it shared with others who came while earlier calls were under way. */
export type Coalesce<Item, Outcome> = (item: Item) => Promise<Outcome>;

/** An item heavier than the most that a call takes is called alone. */
export function newCoalescer<Item, Outcome>(
  call: (items: readonly Item[]) => Promise<Outcome>,
  { lanes, weigh, most, isOfOne }: CoalescerOptions<Item>,
): Coalesce<Item, Outcome> {
  const queue: Waiting<Item, Outcome>[] = [];
  let busy = 0;

  /** How many of those who wait fit into one call; undefined when all of them do. */
  const findEnd = (): number | undefined => {
    const sum: Record<string, number> = {};
    const end = queue.findIndex(({ item }, at) => {
      for (const [unit, weight] of Object.entries(weigh(item))) sum[unit] = (sum[unit] ?? 0) + weight;
      return at > 0 && Object.entries(most).some(([unit, limit]) => (sum[unit] ?? 0) > limit);
    });
    return end < 0 ? undefined : end;
  };

  const mayStart = (): boolean => queue.length > 0 && (busy === 0 || (busy < lanes && findEnd() !== undefined));

  const run = async (together: readonly Waiting<Item, Outcome>[]): Promise<void> => {
    try {
      const outcome = await call(together.map(({ item }) => item));
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
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      // Whoever comes in the same turn shares the call.
      queueMicrotask(() => void work());
    });
}
