import { newCoalescer, type CoalescerOptions } from './coalescer';

/** Calls that a test answers one after another. */
class Calls {
  readonly seen: (readonly string[])[] = [];
  readonly #open: { resolve: (outcome: number) => void; reject: (error: Error) => void }[] = [];

  readonly call = (items: readonly string[]): Promise<number> => {
    this.seen.push(items);
    return new Promise((resolve, reject) => this.#open.push({ resolve, reject }));
  };

  async answer(error?: Error): Promise<void> {
    const { resolve, reject } = this.#open.shift() ?? {};
    if (error === undefined) resolve?.(this.seen.length);
    else reject?.(error);
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const options: CoalescerOptions<string> = {
  lanes: 1,
  countAll: () => 1,
  patience: { share: 0, mostMs: 1000 },
  weigh: (item) => ({ letters: item.length }),
  most: { letters: 4 },
  isOfOne: (error) => (error as Error).message === 'of one',
};

test('the first item is called at once; what comes meanwhile shares the next call, as much as fits', async () => {
  const calls = new Calls();
  const coalesce = newCoalescer(calls.call, options);
  const first = coalesce('a');
  await settled();
  const others = ['b', 'cc', 'd', 'e'].map(coalesce);
  await settled();
  expect(calls.seen).toEqual([['a']]);
  await calls.answer();
  expect(calls.seen).toEqual([['a'], ['b', 'cc', 'd']]);
  await calls.answer();
  await calls.answer();
  expect(calls.seen.at(-1)).toEqual(['e']);
  expect(await Promise.all([first, ...others])).toEqual([1, 2, 2, 2, 3]);
});

test('items of the same turn share a call', async () => {
  const calls = new Calls();
  const coalesce = newCoalescer(calls.call, options);
  void coalesce('a');
  void coalesce('b');
  await settled();
  expect(calls.seen).toEqual([['a', 'b']]);
});

test('no more calls are under way than there are lanes', async () => {
  const calls = new Calls();
  const coalesce = newCoalescer(calls.call, { ...options, lanes: 2 });
  for (const item of ['aa', 'bb', 'cc', 'dd', 'ee', 'ff']) void coalesce(item);
  await settled();
  expect(calls.seen).toEqual([
    ['aa', 'bb'],
    ['cc', 'dd'],
  ]);
  await calls.answer();
  expect(calls.seen.at(-1)).toEqual(['ee', 'ff']);
});

test('an item heavier than a call takes is called alone', async () => {
  const calls = new Calls();
  const coalesce = newCoalescer(calls.call, options);
  void coalesce('a');
  await settled();
  void coalesce('heavy');
  void coalesce('b');
  await calls.answer();
  await calls.answer();
  expect(calls.seen).toEqual([['a'], ['heavy'], ['b']]);
});

test("a failure of one item is that item's alone; a failure of all is everybody's, asked for once", async () => {
  const calls = new Calls();
  const coalesce = newCoalescer(calls.call, options);
  const one = [coalesce('a'), coalesce('b')].map((outcome) => outcome.catch(String));
  await settled();
  await calls.answer(new Error('of one'));
  await calls.answer(new Error('of one'));
  await calls.answer();
  expect(calls.seen).toEqual([['a', 'b'], ['a'], ['b']]);
  expect(await Promise.all(one)).toEqual(['Error: of one', 3]);

  const all = [coalesce('c'), coalesce('d')].map((outcome) => outcome.catch(String));
  await settled();
  await calls.answer(new Error('of all'));
  expect(calls.seen.at(-1)).toEqual(['c', 'd']);
  expect(await Promise.all(all)).toEqual(['Error: of all', 'Error: of all']);
});

describe('of all that are on their way', () => {
  interface Begun {
    readonly calls: Calls;
    readonly coalesce: (item: string) => Promise<number>;
    readonly setCount: (count: number) => void;
  }
  const begun = async (all: number, mostMs = 1000): Promise<Begun> => {
    const calls = new Calls();
    let count = 1;
    const more = { lanes: 4, patience: { share: 0.5, mostMs }, most: { letters: 12 }, countAll: () => count };
    const coalesce = newCoalescer(calls.call, { ...options, ...more });
    void coalesce('a');
    await settled();
    jest.advanceTimersByTime(100);
    await calls.answer();
    count = all;
    return { calls, coalesce, setCount: (next) => (count = next) };
  };

  /** Eight were gathered and answered half by half; one of them comes again. */
  const gatheredAndAnswered = async (): Promise<Begun> => {
    const { calls, coalesce, setCount } = await begun(8);
    for (const item of 'bcdefghi') void coalesce(item);
    await settled();
    jest.advanceTimersByTime(100);
    for (const _ of [1, 2]) await calls.answer();
    setCount(1);
    void coalesce('b');
    return { calls, coalesce, setCount };
  };

  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  test('a call takes half of few, and the other half the next one beside it', async () => {
    const { calls, coalesce } = await begun(4);
    void coalesce('b');
    await settled();
    expect(calls.seen).toHaveLength(1);
    void coalesce('c');
    await settled();
    expect(calls.seen.at(-1)).toEqual(['b', 'c']);
    void coalesce('d');
    await settled();
    expect(calls.seen).toHaveLength(2);
    void coalesce('e');
    await settled();
    expect(calls.seen.at(-1)).toEqual(['d', 'e']);
  });

  test('who is alone never waits', async () => {
    const { calls, coalesce } = await begun(1);
    void coalesce('b');
    await settled();
    expect(calls.seen.at(-1)).toEqual(['b']);
  });

  test('fewer wait no longer than the share of the time that the last call took', async () => {
    const { calls, coalesce } = await begun(4);
    void coalesce('b');
    await settled();
    jest.advanceTimersByTime(49);
    await settled();
    expect(calls.seen).toHaveLength(1);
    jest.advanceTimersByTime(1);
    await settled();
    expect(calls.seen.at(-1)).toEqual(['b']);
  });

  test('and never longer than the most', async () => {
    const { calls, coalesce } = await begun(4, 20);
    void coalesce('b');
    await settled();
    jest.advanceTimersByTime(20);
    await settled();
    expect(calls.seen.at(-1)).toEqual(['b']);
  });

  test('many are gathered all, and called half by half at the same time', async () => {
    const { calls, coalesce } = await begun(8);
    for (const item of 'bcdefgh') void coalesce(item);
    await settled();
    expect(calls.seen).toHaveLength(1);
    void coalesce('i');
    await settled();
    expect(calls.seen.slice(1)).toEqual([
      ['b', 'c', 'd', 'e'],
      ['f', 'g', 'h', 'i'],
    ]);
  });

  test('many stay in step: the first to come again waits for those who were answered with it', async () => {
    const { calls, coalesce, setCount } = await gatheredAndAnswered();
    await settled();
    expect(calls.seen).toHaveLength(3);
    setCount(8);
    for (const item of 'cdefghi') void coalesce(item);
    await settled();
    expect(calls.seen).toHaveLength(5);
  });

  test('many that have become one wait once more', async () => {
    const { calls, coalesce } = await gatheredAndAnswered();
    jest.advanceTimersByTime(50);
    await settled();
    expect(calls.seen.slice(3)).toEqual([['b']]);
    await calls.answer();
    void coalesce('c');
    await settled();
    expect(calls.seen.slice(4)).toEqual([['c']]);
  });

  test('a full call waits for nobody', async () => {
    const { calls, coalesce } = await begun(20);
    for (const item of ['bbbbbb', 'ccccccc']) void coalesce(item);
    await settled();
    expect(calls.seen.slice(1)).toEqual([['bbbbbb']]);
    void coalesce('ddddd');
    await settled();
    expect(calls.seen.slice(2)).toEqual([['ccccccc', 'ddddd']]);
  });
});
