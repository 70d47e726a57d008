import { CRAFT_CHANGES, LONELY_CHANGES } from './craft-changes';
import { Random } from './random';
import {
  MEMBERS,
  randomCollection,
  randomKey,
  randomOperation,
  randomPrivateKey,
  randomRead,
  randomTree,
  randomValue,
  randomWrite,
} from './random-operations';
import type { Call, Operation, Script, Step } from './script';

type Make = (writer: ScriptWriter) => Step[];

/** The script of a seed. */
export function generateScript(seed: number): Script {
  return new ScriptWriter(new Random(seed)).write(seed);
}

class ScriptWriter {
  #transactions = 0;

  constructor(readonly random: Random) {}

  write(seed: number): Script {
    const { random } = this;
    const steps: Step[] = random.chance(0.85) ? this.submit(this.filling()) : [];
    const length = 3 + random.below(8);
    for (let step = 0; step < length; step++) steps.push(...random.weighted(PATTERNS)(this));
    return { seed, steps };
  }

  newName(): string {
    this.#transactions++;
    return `t${String(this.#transactions)}`;
  }

  org(): string {
    return this.random.pick(MEMBERS);
  }

  /** As the gateway plans, mostly; otherwise organisations by name, enough or not. */
  named(): { named?: readonly string[] } {
    const { random } = this;
    return random.weighted<() => { named?: readonly string[] }>([
      [68, () => ({})],
      [9, () => ({ named: random.some(MEMBERS, 1) })],
      [12, () => ({ named: random.some(MEMBERS, 2) })],
      [5, () => ({ named: random.some(MEMBERS, 3) })],
      [5, () => ({ named: MEMBERS })],
      [1, () => ({ named: ['GhostMSP', ...random.some(MEMBERS, 1)] })],
    ])();
  }

  call(operations: readonly Operation[]): Call {
    const { random } = this;
    const transient = random.chance(0.05) ? { transient: { [randomPrivateKey(random)]: randomValue(random) } } : {};
    return { org: this.org(), operations, ...transient, ...this.named() };
  }

  some(make: (random: Random) => Operation, most = 3): Operation[] {
    return Array.from({ length: 1 + this.random.below(most) }, () => make(this.random));
  }

  submit(call: Call): Step[] {
    return [{ kind: 'submit', call, as: this.newName() }];
  }

  endorse(call: Call): Extract<Step, { kind: 'endorse' }> {
    return { kind: 'endorse', call, as: this.newName() };
  }

  /** Something to work on. */
  filling(): Call {
    const { random } = this;
    const operations: Operation[] = [
      ['put', '@a', '1'],
      ['put', randomKey(random), randomValue(random)],
    ];
    if (random.chance(0.4)) operations.push(['ckey', 'type', ['@', 'x', 'y'], '1'], ['ckey', 'type', ['@', 'y'], '2']);
    return { org: this.org(), operations };
  }

  /** Calls endorsed on the same state and then ordered, in one block or one after another. */
  race(calls: readonly Call[]): Step[] {
    const endorsed = calls.map((call) => this.endorse(call));
    const names = this.random.shuffle(endorsed.map(({ as }) => as));
    return [...endorsed, { kind: 'order', names, together: this.random.chance(0.6) }];
  }
}

/** What each of two or three racing calls does to one key, a range or a collection. */
const RIVALS: readonly ((random: Random) => readonly Operation[])[] = [
  (r) => [
    ['get', '@a'],
    ['put', '@a', randomValue(r)],
  ],
  (r) => [['put', '@a', randomValue(r)]],
  () => [['del', '@a']],
  (r) => [
    ['get', '@a'],
    ['put', '@b', randomValue(r)],
  ],
  (r) => [
    ['range', '@', '@\u{10ffff}', r.pick([1, 100])],
    ['put', '@z', '1'],
  ],
  (r) => [
    ['range', '@a', '@c', 100],
    ['put', '@b', randomValue(r)],
  ],
  (r) => [['sbe', '@a', randomTree(r)]],
  (r) => [
    ['put', '@a', randomValue(r)],
    ['sbe', '@a', randomTree(r)],
  ],
  () => [
    ['getsbe', '@a'],
    ['put', '@c', '1'],
  ],
  () => [
    ['partial', 'type', ['@']],
    ['put', '@d', '1'],
  ],
  () => [['ckey', 'type', ['@', 'x', 'z'], '1']],
  (r) => [['putp', 'open', '@p', randomValue(r)]],
  (r) => [
    ['hashp', 'open', '@p'],
    ['putp', 'open', '@p', randomValue(r)],
  ],
  () => [
    ['getp', 'open', '@p'],
    ['put', '@c', '2'],
  ],
  () => [['delp', 'open', '@p']],
  () => [['purgep', 'open', '@p']],
  (r) => [['sbep', 'open', '@p', randomTree(r)]],
  (r) => [
    ['putp', 'open', '@p', randomValue(r)],
    ['sbep', 'open', '@p', randomTree(r)],
  ],
  () => [
    ['hashp', 'open', '@p'],
    ['put', '@b', '3'],
  ],
];

const transientRead = (writer: ScriptWriter): Step[] => {
  const { random } = writer;
  const key = randomPrivateKey(random);
  const collection = randomCollection(random);
  const operations: Operation[] = [['putp', collection, key]];
  if (random.chance(0.3))
    operations.push(
      random.pick<Operation>([
        ['put', randomKey(random), '1'],
        ['transient', key],
        ['getp', collection, key],
      ]),
    );
  return writer.submit({ ...writer.call(operations), transient: { [key]: randomValue(random) } });
};

const guarded = (writer: ScriptWriter): Step[] => {
  const { random } = writer;
  const key = randomKey(random);
  return [
    ...writer.submit({
      org: writer.org(),
      operations: [
        ['put', key, randomValue(random)],
        ['sbe', key, randomTree(random)],
      ],
    }),
    ...writer.submit(writer.call([['put', key, randomValue(random)], ...(random.chance(0.3) ? writer.some(randomOperation, 1) : [])])),
  ];
};

const craft = (writer: ScriptWriter): Step[] => {
  const { random } = writer;
  const publicOnly = (): Operation =>
    random.pick<() => Operation>([
      () => ['put', randomKey(random), randomValue(random)],
      () => ['get', randomKey(random)],
      () => ['range', '@', '@\u{10ffff}', 100],
      () => ['sbe', randomKey(random), randomTree(random)],
      () => ['event', 'one', '1'],
    ])();
  const endorsed = writer.endorse({ org: writer.org(), operations: writer.some(publicOnly, 4) });
  const as = writer.newName();
  const change = random.pick(Object.keys(CRAFT_CHANGES).filter((name) => !LONELY_CHANGES.includes(name)));
  return [endorsed, { kind: 'craft', from: endorsed.as, change, as }, { kind: 'order', names: [as], together: false }];
};

const again = (writer: ScriptWriter): Step[] => {
  const name = writer.newName();
  const kind = writer.random.chance(0.5) ? 'resubmit' : 'repropose';
  return [
    { kind: 'submit', call: writer.call(writer.some(randomWrite, 2)), as: name },
    { kind, name },
  ];
};

const elsewhere = (writer: ScriptWriter): Step[] => {
  const { random } = writer;
  const place = random.pick([{ channel: 'elsewhere' }, { chaincode: 'absent' }, { transaction: 'absent' }, { chaincode: '' }]);
  const call = { ...writer.call(writer.some(randomRead, 1)), place };
  return random.chance(0.5) ? [{ kind: 'evaluate', call }] : writer.submit(call);
};

/** Many keys at once: more rows than a batch of the chaincode protocol, or than a range query lists. */
const crowd = (writer: ScriptWriter): Step[] => {
  const { random } = writer;
  const range = (): Operation => ['range', '@f', '@g', random.pick([1, 60, 1000])];
  return [
    ...writer.submit({ org: writer.org(), operations: [['fill', '@f', random.pick([49, 50, 51, 99, 100, 101, 102, 160]), 'x']] }),
    { kind: 'evaluate', call: { org: writer.org(), operations: [['page', '@f', '@g', random.pick([10, 99, 100, 101]), '']] } },
    ...writer.race([
      { org: writer.org(), operations: [range(), ['put', '@a', 'counted']] },
      {
        org: writer.org(),
        operations: [
          random.pick<Operation>([
            ['put', '@f0100', 'y'],
            ['del', '@f0003'],
            ['put', '@f9', 'z'],
            ['put', '@b', '1'],
          ]),
        ],
      },
    ]),
  ];
};

/** What lives a few blocks, and what comes after. */
const brief = (writer: ScriptWriter): Step[] => {
  const { random } = writer;
  const write = writer.submit({
    org: 'NorthMSP',
    operations: [['putp', 'brief', '@p', '1'], ...(random.chance(0.3) ? [['sbep', 'brief', '@p', 'NorthMSP'] as const] : [])],
  });
  const early = writer.endorse({
    org: 'NorthMSP',
    operations: [
      random.pick<Operation>([
        ['getp', 'brief', '@p'],
        ['hashp', 'brief', '@p'],
      ]),
      ['put', '@a', 'late'],
    ],
  });
  const late: Operation[] = [
    ['try', ['getp', 'brief', '@p']],
    ['hashp', 'brief', '@p'],
    ['try', ['rangep', 'brief', '@', '@\u{10ffff}']],
  ];
  return [
    ...write,
    ...(random.chance(0.5) ? [early] : []),
    { kind: 'expire' },
    { kind: 'order', names: [early.as], together: false },
    { kind: 'evaluate', call: { org: random.pick(['NorthMSP', 'SouthMSP']), operations: late } },
  ];
};

const PATTERNS: readonly (readonly [weight: number, make: Make])[] = [
  [30, (writer) => writer.submit(writer.call(writer.some(randomOperation)))],
  [10, (writer) => writer.submit(writer.call(writer.some(randomWrite, 2)))],
  [18, (writer) => [{ kind: 'evaluate', call: writer.call(writer.some(randomRead)) }]],
  [10, (writer) => writer.race(Array.from({ length: 2 + writer.random.below(2) }, () => writer.call(writer.some(randomOperation))))],
  [
    14,
    (writer) =>
      writer.race(Array.from({ length: 2 + writer.random.below(2) }, () => writer.call([...writer.random.pick(RIVALS)(writer.random)]))),
  ],
  [5, transientRead],
  [6, guarded],
  [8, craft],
  [3, again],
  [3, elsewhere],
  [2, crowd],
  [1, brief],
];
