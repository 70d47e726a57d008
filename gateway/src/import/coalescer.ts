/** How much one call takes at most, in whatever an item is measured by. */
export type Weight = Readonly<Record<string, number>>;

export interface CoalescerOptions<Item> {
  /** Calls under way at once. */
  readonly lanes: number;
  /** How many are on their way: who waits here, whose call is under way, and who still prepares an item or is about to be answered. */
  readonly countAll: () => number;
  /** How long who waits here waits for the others: as a share of the time that the last call took, and in milliseconds at most. */
  readonly patience: { readonly share: number; readonly mostMs: number };
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

/** From this many on, all of them go on in step. */
const many = 8;

/**
 * Gathers what is on its way. Of few a call takes half at least, so that one half is prepared while the other is called; many are gathered
 * all, and two calls, prepared side by side, take half of them each. A full call waits for nobody, nor does who is alone; an item heavier
 * than the most that a call takes is called alone.
 */
export function newCoalescer<Item, Outcome>(
  call: (items: readonly Item[]) => Promise<Outcome>,
  { lanes, countAll, patience, weigh, most, isOfOne }: CoalescerOptions<Item>,
): Coalesce<Item, Outcome> {
  const queue: Waiting<Item, Outcome>[] = [];
  let busy = 0;
  let lastTook = 0;
  /** The most that were on their way at once since the last gathering, and in it: who was answered is about to come again. */
  let all = 1;
  let timer: NodeJS.Timeout | undefined;

  /** Whether those who wait are enough for a call to start at once. */
  const areEnough = (): boolean => queue.length >= (all < many ? countAll() / 2 : Math.max(all, countAll()));

  /** How many of those who wait fit into one call, and whether there is no room for more. */
  const measure = (): { readonly fitting: number; readonly isFull: boolean } => {
    const sum: Record<string, number> = {};
    for (const [at, { item }] of queue.entries()) {
      for (const [unit, weight] of Object.entries(weigh(item))) sum[unit] = (sum[unit] ?? 0) + weight;
      const limits = Object.entries(most).map(([unit, limit]) => (sum[unit] ?? 0) - limit);
      if (limits.some((over) => over > 0)) return { fitting: Math.max(1, at), isFull: true };
      if (limits.some((over) => over === 0)) return { fitting: at + 1, isFull: true };
    }
    return { fitting: queue.length, isFull: false };
  };

  /** Milliseconds that the first of those who wait has left for others to come; what is under way is waited for. */
  const timeLeft = (): number => {
    if (busy > 0) return Infinity;
    const [first] = queue;
    return first === undefined ? 0 : first.since + Math.min(lastTook * patience.share, patience.mostMs) - performance.now();
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

  const start = async (together: readonly Waiting<Item, Outcome>[]): Promise<void> => {
    busy += 1;
    await run(together);
    busy -= 1;
    work();
  };

  const callFor = (gathered: readonly Waiting<Item, Outcome>[]): void => {
    const share = gathered.length >= many && lanes - busy > 1 ? Math.ceil(gathered.length / 2) : gathered.length;
    for (let at = 0; at < gathered.length; at += share) void start(gathered.slice(at, at + share));
  };

  const work = (): void => {
    clearTimeout(timer);
    while (queue.length > 0 && busy < lanes) {
      const { fitting, isFull } = measure();
      const left = isFull || areEnough() ? 0 : timeLeft();
      if (left > 0) {
        if (left < Infinity) timer = setTimeout(work, Math.ceil(left));
        return;
      }
      all = countAll();
      callFor(queue.splice(0, fitting));
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, since: performance.now(), resolve, reject });
      all = Math.max(all, countAll());
      // Whoever comes in the same turn shares the call.
      queueMicrotask(work);
    });
}
