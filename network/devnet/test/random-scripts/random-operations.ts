import type { Random } from './random';
import type { Operation } from './script';

/** The consortium that random scripts are written for: test/fixtures/conformance-topology.json of the network has its like. */
export const MEMBERS = ['NorthMSP', 'SouthMSP', 'EastMSP', 'WestMSP'] as const;
export const COLLECTIONS = ['pair', 'open', 'strict', 'solo'] as const;

/** Few keys, so that transactions meet; beyond ASCII their order as text in memory is not that of their bytes. */
const KEYS = ['@a', '@b', '@c', '@d', '@e/1', '@\u00e9', '@\uff5e', '@\u{1f600}'];
const FREQUENT = KEYS.slice(0, 3);
/** Of collections; ledgers order them by their hashes. */
export const PRIVATE_KEYS = ['@p', '@q'] as const;
const VALUES = ['1', '2', '3', 'four', '{"five":5}', 's\u00e9ven'];
const END = '@\u{10ffff}';
const ATTRIBUTES = ['x', 'y', 'x\u00e9'];

export function randomKey(random: Random): string {
  return random.pick(random.chance(0.8) ? FREQUENT : KEYS);
}

export function randomValue(random: Random): string {
  return random.chance(0.06) ? '' : random.pick(VALUES);
}

export function randomPrivateKey(random: Random): string {
  return random.pick(PRIVATE_KEYS);
}

/** Explicit ones, implicit ones, and now and then one that is not there. */
export function randomCollection(random: Random): string {
  return random.weighted<() => string>([
    [62, () => random.pick(COLLECTIONS)],
    [35, () => `_implicit_org_${random.pick(MEMBERS)}`],
    [2, () => 'absent'],
    [1, () => '_implicit_org_GhostMSP'],
  ])();
}

/** A policy for a key, as the golden chaincode's `sbe` takes it. */
export function randomTree(random: Random): unknown {
  const [a = '', b = '', c = '', d = ''] = random.shuffle(MEMBERS);
  return random.weighted<unknown>([
    [10, a],
    [10, [1, a, b]],
    [12, [2, a, b]],
    [8, [2, a, b, c]],
    [8, [2, a, [1, b, c]]],
    [5, [1, a, [2, b, c]]],
    [3, [2, [1, a, b], [1, c, d]]],
    [4, [3, a, b, c, d]],
    [3, [2, a, [1, a, b]]],
    [8, null],
    [1, [2, a, a]],
    [1, [2, a, 'GhostMSP']],
    [1, [1, a, 'GhostMSP']],
    [1, [0, a]],
    [1, [3, a, b]],
  ]);
}

type Make = (random: Random) => Operation;
type Weighted = readonly (readonly [weight: number, make: Make])[];

const bound = (random: Random): [string, string] =>
  random.chance(0.5) ? ['@', END] : ([randomKey(random), random.chance(0.5) ? END : randomKey(random)] as [string, string]);

const READS: Weighted = [
  [20, (r) => ['get', randomKey(r)]],
  [10, (r) => ['range', ...bound(r), r.pick([0, 1, 2, 100])]],
  [3, (r) => ['page', ...bound(r), r.pick([1, 2, 5]), r.chance(0.3) ? randomKey(r) : '']],
  [3, () => ['partial', 'type', ['@']]],
  [2, (r) => ['partial', 'type', ['@', r.pick(ATTRIBUTES)]]],
  [1, (r) => ['partialpage', 'type', ['@'], r.pick([1, 2]), '']],
  [6, (r) => ['history', randomKey(r)]],
  [6, (r) => ['getsbe', randomKey(r)]],
  [2, (r) => ['peek', ...bound(r), r.pick([0, 1, 2])]],
  [1, (r) => ['weave', bound(r), bound(r), r.pick([2, 5])]],
  [9, (r) => ['getp', randomCollection(r), randomPrivateKey(r)]],
  [9, (r) => ['hashp', randomCollection(r), randomPrivateKey(r)]],
  [3, (r) => ['rangep', randomCollection(r), '@', END]],
  [3, (r) => ['getsbep', randomCollection(r), randomPrivateKey(r)]],
];

const WRITES: Weighted = [
  [30, (r) => ['put', randomKey(r), randomValue(r)]],
  [8, (r) => ['del', randomKey(r)]],
  [4, (r) => ['ckey', 'type', ['@', r.pick(ATTRIBUTES), r.pick(ATTRIBUTES)], randomValue(r)]],
  [12, (r) => ['sbe', randomKey(r), randomTree(r)]],
  [14, (r) => ['putp', randomCollection(r), randomPrivateKey(r), randomValue(r)]],
  [4, (r) => ['delp', randomCollection(r), randomPrivateKey(r)]],
  [3, (r) => ['purgep', randomCollection(r), randomPrivateKey(r)]],
  [4, (r) => ['sbep', randomCollection(r), randomPrivateKey(r), randomTree(r)]],
  [6, (r) => ['event', r.pick(['one', 'two']), randomValue(r)]],
];

const ODD: Weighted = [
  [3, () => ['who']],
  [2, () => ['creator']],
  [2, () => ['attr', 'hf.Type']],
  [5, (r) => ['fail', r.pick(['NO', 'no \u00e9 "quoted"', ''])]],
  [1, () => ['nothing-like-it']],
  [1, () => ['ckey', 'type', ['@', ''], '1']],
  [1, () => ['query', '{"selector":{}}']],
  [1, (r) => ['queryp', randomCollection(r), '{"selector":{}}']],
  [1, () => ['invoke', 'absent', ['run', '[]'], '']],
  [1, () => ['invoke', 'absent', ['run', '[]'], 'elsewhere']],
  [1, (r) => ['invoke', 'golden', ['run', JSON.stringify([['get', randomKey(r)]])], '']],
  [2, (r) => ['fill', '@f', r.pick([3, 60, 120]), 'x']],
  [3, (r) => ['try', randomOperation(r)]],
];

export function randomRead(random: Random): Operation {
  return random.weighted(READS)(random);
}

export function randomWrite(random: Random): Operation {
  return random.weighted(WRITES)(random);
}

export function randomOperation(random: Random): Operation {
  const kind = random.weighted([
    [40, READS],
    [52, WRITES],
    [8, ODD],
  ] as const);
  return random.weighted(kind)(random);
}
