import type { NodeHeight } from '../ledger';
import type { ProcessEvent, ProcessStatus } from '../process';
import { watchForStalls, type WatchedNetwork } from './watch-for-stalls';

const AFTER_MS = 25;

/** Three orderers, of which the others go on; what happens to the one is the test's. */
class OrderersThatGoOn implements WatchedNetwork {
  readonly events: ProcessEvent[] = [];
  readonly restarted: string[] = [];
  readonly end = new AbortController();
  isChanging = false;
  /** Blocks that the one has. */
  height = 7;
  #highest = 10;
  #life = 1;

  constructor(readonly onRestart: (network: OrderersThatGoOn) => Promise<void> | void) {}

  readHeights(): Promise<readonly NodeHeight[] | undefined> {
    this.#highest += 1;
    const heights = [this.height, this.#highest, this.#highest];
    return Promise.resolve(this.isChanging ? undefined : heights.map((height, index) => ({ name: nameOf(index), height, decides: true })));
  }

  listProcesses(): ProcessStatus[] {
    return [0, 1, 2].map((index) => ({
      name: nameOf(index),
      title: `the orderer ${String(index)}`,
      state: 'ready',
      process: undefined,
      restarts: 0,
      readySince: index === 0 ? this.#life : 1,
      log: '',
    }));
  }

  async restart(name: string): Promise<void> {
    this.restarted.push(name);
    this.#life += 1;
    await this.onRestart(this);
  }

  onEvent(event: ProcessEvent): void {
    this.events.push(event);
    if (event.kind !== 'stalled' || !event.again) this.end.abort();
  }

  watch(): Promise<void> {
    return watchForStalls(this, AFTER_MS, this.end.signal);
  }
}

const nameOf = (index: number): string => `orderer-${String(index)}`;

test('an orderer that stands still is restarted, and it is told which, why, and that it is back', async () => {
  const network = new OrderersThatGoOn(() => undefined);
  await network.watch();
  expect(network.restarted).toEqual(['orderer-0']);
  expect(network.events).toEqual([
    { kind: 'stalled', title: 'the orderer 0', how: expect.stringMatching(/^for \d+ s it has 7, others have \d+ blocks$/), again: true },
    { kind: 'restarted', title: 'the orderer 0', ms: expect.any(Number) },
  ]);
});

test('one that does not come back is told of, and the watch goes on', async () => {
  const network = new OrderersThatGoOn(() => Promise.reject(new Error('not ready after 60000 ms')));
  await network.watch();
  expect(network.events.at(-1)).toEqual({ kind: 'died', title: 'the orderer 0', how: 'not ready after 60000 ms', again: false });
});

test('one that restarts do not help is restarted three times, then given up with a single word', async () => {
  const network = new OrderersThatGoOn(() => undefined);
  const told: ProcessEvent[] = [];
  let looksAfter = 0;
  network.onEvent = (event) => told.push(event);
  const readHeights = network.readHeights.bind(network);
  network.readHeights = () => {
    if (told.some((event) => event.kind === 'stalled' && !event.again) && (looksAfter += 1) === 10) network.end.abort();
    return readHeights();
  };
  await network.watch();
  expect(network.restarted).toHaveLength(3);
  const outcomes = told.flatMap((event) => (event.kind === 'stalled' ? [event.again] : []));
  expect(outcomes).toEqual([true, true, true, false]);
});

test('nothing is restarted while the network is being changed, and what was seen before is forgotten', async () => {
  const network = new OrderersThatGoOn(() => undefined);
  let looks = 0;
  const readHeights = network.readHeights.bind(network);
  network.readHeights = () => {
    looks += 1;
    // Never the three looks in a row that it takes.
    network.isChanging = looks % 3 === 0;
    if (looks === 40) network.end.abort();
    return readHeights();
  };
  await network.watch();
  expect(network.restarted).toEqual([]);
});
