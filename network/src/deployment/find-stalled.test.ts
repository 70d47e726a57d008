import { findStalled, type Observation, type ObservedNode, type Restart } from './find-stalled';

const AFTER_MS = 60_000;
const BETWEEN_LOOKS_MS = 12_000;
const DAY_MS = 86_400_000;

/** Height of a node in one look after the other; `-`: it does not answer. */
type Series = readonly (number | '-')[];

interface Scene {
  readonly heights: Readonly<Record<string, Series>>;
  /** By node and look: what is otherwise with it. */
  readonly otherwise?: (name: string, look: number) => Partial<ObservedNode>;
}

function observe({ heights, otherwise = () => ({}) }: Scene): Observation[] {
  const looks = Math.max(...Object.values(heights).map(({ length }) => length));
  return Array.from({ length: looks }, (_, look) => ({
    at: look * BETWEEN_LOOKS_MS,
    nodes: Object.entries(heights).map(([name, series]): ObservedNode => {
      const height = series[look];
      const decides = name.startsWith('orderer');
      const said = { name, height: height === '-' ? undefined : height, decides };
      return { ...said, state: 'ready', readySince: 1, ...otherwise(name, look) };
    }),
  }));
}

const stays = (height: number | '-', looks: number): Series => Array.from({ length: looks }, () => height);
const grows = (from: number, looks: number): Series => Array.from({ length: looks }, (_, look) => from + look);
const [SPAN, TWO_SPANS, THREE_SPANS] = [6, 11, 16];
const judge = (scene: Scene, restarts: readonly Restart[] = []) => findStalled(observe(scene), restarts, AFTER_MS);
const restarted = (...times: readonly number[]): Restart[] => times.map((at) => ({ name: 'orderer-a', at }));

const standing = (looks: number): Scene['heights'] => ({ 'orderer-a': stays(82, looks), 'orderer-b': grows(83, looks) });
const silent = (looks: number): Scene['heights'] => ({
  'orderer-a': [82, ...stays('-', looks)],
  'orderer-b': [82, ...grows(83, looks)],
});

test.each<[string, Scene['heights']]>([
  ['nobody moves in an idle network', { 'orderer-a': stays(82, 20), 'orderer-b': stays(82, 20) }],
  ['all move, one of them behind', { 'orderer-a': grows(10, 20), 'orderer-b': grows(82, 20) }],
  ['one that is far behind gets a block now and then', { 'orderer-a': [7, 7, 7, 7, 8, 8, 8, 8], 'orderer-b': grows(82, 8) }],
  ['one is behind for less than the span', standing(SPAN - 1)],
  ['one had as many for long, and the others have just gone on', { 'orderer-a': stays(82, 20), 'orderer-b': [...stays(82, 18), 83, 84] }],
  ['two looks tell of the whole span', { 'orderer-a': [82, ...stays('-', 8), 82], 'orderer-b': grows(83, 10) }],
  ['none of the others answers', { 'orderer-a': stays(82, 20), 'orderer-b': stays('-', 20) }],
  ['one does not answer for the span alone', silent(SPAN)],
  ['one does not answer, and nobody goes on', { 'orderer-a': [82, ...stays('-', 20)], 'orderer-b': stays(82, 21) }],
  ['nobody answers', { 'orderer-a': [82, ...stays('-', 20)], 'orderer-b': [83, ...stays('-', 20)] }],
  ['a peer stands still', { 'peer-a': stays(82, 20), 'orderer-b': grows(83, 20) }],
  ['a peer does not answer', { 'peer-a': stays('-', 20), 'orderer-b': grows(83, 20) }],
])('nobody is touched while %s', (_case, heights) => {
  expect(judge({ heights })).toEqual({ restart: undefined, givenUp: [] });
});

test.each<[string, Scene['heights'], object]>([
  ['stands while others go on', standing(SPAN), { height: 82, highest: 88, forMs: 60_000 }],
  ['stands behind others that went on before', { 'orderer-a': stays(82, SPAN), 'orderer-b': stays(83, SPAN) }, { highest: 83 }],
  ['stands behind the peer beside it, the only other node here', { 'orderer-a': stays(82, SPAN), 'peer-a': grows(83, SPAN) }, {}],
  ['stands, although it misses a look', { 'orderer-a': [82, '-', 82, 82, '-', 82], 'orderer-b': grows(83, SPAN) }, { height: 82 }],
  ['does not answer for three times as long while others go on', silent(THREE_SPANS), { height: undefined, highest: 98, forMs: 180_000 }],
  ['has never answered', { 'orderer-a': stays('-', THREE_SPANS + 1), 'orderer-b': grows(83, THREE_SPANS + 1) }, { forMs: 180_000 }],
])('an orderer is restarted that %s', (_case, heights, why) => {
  expect(judge({ heights })).toMatchObject({ restart: { name: 'orderer-a', ...why }, givenUp: [] });
});

test('an orderer without a vote is left alone: it is behind for good', () => {
  const otherwise = (name: string): Partial<ObservedNode> => (name === 'orderer-a' ? { decides: false } : {});
  expect(judge({ heights: standing(20), otherwise }).restart).toBeUndefined();
});

test.each<ObservedNode['state']>(['starting', 'waiting', 'stopping', 'stopped', 'failed'])(
  'an orderer whose process is %s is left to who looks after processes',
  (state) => {
    const otherwise = (name: string): Partial<ObservedNode> => (name === 'orderer-a' ? { state } : {});
    expect(judge({ heights: standing(20), otherwise }).restart).toBeUndefined();
  },
);

describe('an orderer that was restarted', () => {
  const since = (first: number) => (name: string, look: number) => (name === 'orderer-a' && look >= first ? { readySince: 2 } : {});

  test('is judged by what was seen since alone', () => {
    expect(judge({ heights: standing(20), otherwise: since(20 - SPAN + 1) }).restart).toBeUndefined();
    expect(judge({ heights: standing(20), otherwise: since(20 - SPAN) }).restart).toBeDefined();
  });

  test('is given twice the time after each restart', () => {
    expect(judge({ heights: standing(TWO_SPANS - 1) }, restarted(0)).restart).toBeUndefined();
    expect(judge({ heights: standing(TWO_SPANS) }, restarted(0)).restart).toMatchObject({ forMs: 120_000 });
    expect(judge({ heights: standing(TWO_SPANS) }, restarted(0, 0)).restart).toBeUndefined();
  });

  test('is given up after three restarts, and tried again a day after the first', () => {
    const heights = standing(50);
    expect(judge({ heights }, restarted(0, 0, 0))).toMatchObject({ restart: undefined, givenUp: [{ name: 'orderer-a', height: 82 }] });
    expect(judge({ heights }, restarted(0, 0, 49 * BETWEEN_LOOKS_MS - DAY_MS)).restart).toBeDefined();
  });
});

describe('never two at once:', () => {
  const heights = { ...standing(SPAN), 'orderer-c': stays(82, SPAN) };
  const withC = (c: Partial<ObservedNode>, series: Series = heights['orderer-c']): ReturnType<typeof judge> => {
    const otherwise = (name: string, look: number): Partial<ObservedNode> => (name === 'orderer-c' && look > 2 ? c : {});
    return judge({ heights: { ...heights, 'orderer-c': series }, otherwise });
  };

  test('of two that stand still one is restarted', () => {
    expect(judge({ heights })).toEqual({ restart: expect.objectContaining({ name: 'orderer-a' }), givenUp: [] });
  });

  test.each<[string, Partial<ObservedNode>]>([
    ['is starting', { state: 'starting', readySince: undefined }],
    ['has started and is not where the others are', { readySince: 2 }],
  ])('nobody is restarted while another one %s', (_case, c) => {
    expect(withC(c).restart).toBeUndefined();
  });

  test('one that has started and has all blocks keeps nobody waiting', () => {
    expect(withC({ readySince: 2 }, grows(83, SPAN)).restart).toMatchObject({ name: 'orderer-a' });
  });

  test('one whose process was given up keeps nobody waiting: without the other nothing is ordered', () => {
    expect(withC({ state: 'failed', height: undefined }).restart).toMatchObject({ name: 'orderer-a' });
  });
});
