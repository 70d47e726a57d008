/** How much one call takes at most, in whatever an item is measured by. */
export type Weight = Readonly<Record<string, number>>;

export interface CoalescerOptions<Item> {
  /** Calls under way at once. */
  readonly lanes: number;
  /**
   * How many there are: who waits here, whose call is under way, and who still prepares an item or is about to be answered. A call takes half
   * of them at least, so that one half is prepared while the other is called.
   */
  readonly countAll: () => number;
  /** How long a call waits for its half, when no other is under way, as a share of the time that the last one took. */
  readonly patience: number;
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

/** Answers each of many callers with the outcome of one call that it shared with others. */
export type Coalesce<Item, Outcome> = (item: Item) => Promise<Outcome>;

/** A full call waits for nobody, nor does who is alone; an item heavier than the most that a call takes is called alone. */
export function newCoalescer<Item, Outcome>(
  call: (items: readonly Item[]) => Promise<Outcome>,
  { lanes, countAll, patience, weigh, most, isOfOne }: CoalescerOptions<Item>,
): Coalesce<Item, Outcome> {
  const queue: Waiting<Item, Outcome>[] = [];
  let busy = 0;
  let lastTook = 0;
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

  /** Milliseconds that the first of those who wait has left for others to come. */
  const timeLeft = (): number => (queue[0] === undefined ? 0 : queue[0].since + lastTook * patience - performance.now());

  const mayStart = (): boolean => {
    if (queue.length === 0 || busy === lanes) return false;
    return findEnd() !== undefined || queue.length * 2 >= countAll() || (busy === 0 && timeLeft() <= 0);
  };

  const run = async (together: readonly Waiting<Item, Outcome>[]): Promise<void> => {
    try {
      const started = performance.now();
      const outcome = await call(together.map(({ item }) => item));
      lastTook = performance.now() - started;
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
    if (queue.length > 0 && busy === 0) timer = setTimeout(() => void work(), Math.ceil(timeLeft()));
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, since: performance.now(), resolve, reject });
      // Whoever comes in the same turn shares the call.
      queueMicrotask(() => void work());
    });
}
