import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text, utf8 } from '../proto/bytes';
import { newMemoryStore } from './memory-store';
import type { Change, OrderedStore } from './ordered-store';
import { newRememberingStore } from './remembering-store';
import { openSqliteStore } from './sqlite-store';

const folder = mkdtempSync(join(tmpdir(), 'devnet-store-'));
let files = 0;
const newFile = (): string => join(folder, `${String(files++)}.sqlite`);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const put = (key: string | Uint8Array, value: string): Change => ({ key: typeof key === 'string' ? utf8(key) : key, value: utf8(value) });
const remove = (key: string): Change => ({ key: utf8(key), value: undefined });
const rows = (store: OrderedStore, start: string, end: string, limit = 100): readonly string[] =>
  store.scan(utf8(start), utf8(end), limit).map(({ key, value }) => `${text(key)}=${text(value)}`);

/** What every store does: name, and the rule as a function of a new store. */
const BEHAVIOURS: readonly (readonly [string, (store: OrderedStore) => void])[] = [
  [
    'gives back what was written, and nothing for what was not',
    (store) => {
      store.write([put('a', '1')]);
      expect([store.get(utf8('a')), store.get(utf8('b'))]).toEqual([utf8('1'), undefined]);
    },
  ],
  [
    'keeps empty values apart from absent ones',
    (store) => {
      store.write([put('a', '')]);
      expect(store.get(utf8('a'))).toEqual(new Uint8Array(0));
    },
  ],
  [
    'gives what is there now, whatever it gave before',
    (store) => {
      expect(store.get(utf8('a'))).toBeUndefined();
      store.write([put('a', '1')]);
      expect(store.get(utf8('a'))).toEqual(utf8('1'));
      store.write([put('a', '2')]);
      expect(store.get(utf8('a'))).toEqual(utf8('2'));
      store.write([remove('a')]);
      expect(store.get(utf8('a'))).toBeUndefined();
    },
  ],
  [
    'replaces and removes',
    (store) => {
      store.write([put('a', '1'), put('b', '1')]);
      store.write([put('a', '2'), remove('b'), remove('never')]);
      expect(rows(store, 'a', 'z')).toEqual(['a=2']);
    },
  ],
  [
    'lets the last of several changes of a key win',
    (store) => {
      store.write([put('a', '1'), remove('a'), put('a', '3')]);
      store.write([put('b', '1'), remove('b')]);
      expect(rows(store, 'a', 'z')).toEqual(['a=3']);
    },
  ],
  [
    'scans in byte order, from the start to before the end',
    (store) => {
      store.write(['b', 'a', 'ab', 'c', 'B'].map((key) => put(key, '')));
      expect(rows(store, 'a', 'c')).toEqual(['a=', 'ab=', 'b=']);
    },
  ],
  [
    'orders bytes as numbers without sign',
    (store) => {
      store.write([Uint8Array.of(0x80), Uint8Array.of(0x7f), Uint8Array.of(0xff, 0), Uint8Array.of(0xff)].map((key) => put(key, '')));
      const keys = store.scan(Uint8Array.of(0), Uint8Array.of(0xff, 0xff), 9).map(({ key }) => [...key]);
      expect(keys).toEqual([[0x7f], [0x80], [0xff], [0xff, 0]]);
    },
  ],
  [
    'gives no more than was asked for',
    (store) => {
      store.write(['a', 'b', 'c'].map((key) => put(key, '')));
      expect(rows(store, 'a', 'z', 2)).toEqual(['a=', 'b=']);
    },
  ],
  [
    'scans what was written since the scan before',
    (store) => {
      store.write([put('a', '')]);
      expect(rows(store, 'a', 'z')).toEqual(['a=']);
      store.write([put('b', '')]);
      expect(rows(store, 'a', 'z')).toEqual(['a=', 'b=']);
      store.write([remove('a')]);
      expect(rows(store, 'a', 'z')).toEqual(['b=']);
    },
  ],
  [
    'does not follow changes of the bytes it was given',
    (store) => {
      const value = utf8('1');
      store.write([{ key: utf8('a'), value }]);
      value[0] = 0;
      expect(store.get(utf8('a'))).toEqual(utf8('1'));
    },
  ],
];

describe.each([
  ['in memory', newMemoryStore],
  ['in a file', (): OrderedStore => openSqliteStore(newFile())],
  ['that remembers', (): OrderedStore => newRememberingStore(openSqliteStore(newFile()))],
])('a store %s', (_where, open) => {
  it.each(BEHAVIOURS)('%s', (_name, behaves) => {
    const store = open();
    behaves(store);
    store.close();
  });
});

describe('a store that remembers', () => {
  const watched = (): { readonly store: OrderedStore; readonly asked: readonly string[] } => {
    const inner = newMemoryStore();
    const asked: string[] = [];
    const get = (key: Uint8Array): Uint8Array | undefined => {
      asked.push(text(key));
      return inner.get(key);
    };
    return { store: newRememberingStore({ ...inner, get }), asked };
  };

  it('asks once for what is there and for what is not', () => {
    const { store, asked } = watched();
    store.write([put('a', '1')]);
    for (const key of ['a', 'b', 'a', 'b']) store.get(utf8(key));
    expect(asked).toEqual(['a', 'b']);
  });

  it('does not keep long values, and of many keys only the last', () => {
    const { store, asked } = watched();
    store.write([put('long', 'x'.repeat(2000))]);
    for (const key of ['long', 'long', 'first']) store.get(utf8(key));
    for (let n = 0; n < 5000; n++) store.get(utf8(String(n)));
    for (const key of ['first', '4999']) store.get(utf8(key));
    expect(asked.filter((key) => ['long', 'first', '4999'].includes(key))).toEqual(['long', 'long', 'first', '4999', 'first']);
  });

  it('believes what is there after a write that failed', () => {
    const inner = newMemoryStore();
    let fails = false;
    const write: OrderedStore['write'] = (changes) => {
      if (fails) throw new Error('the disk is full');
      inner.write(changes);
    };
    const store = newRememberingStore({ ...inner, write });
    store.write([put('a', '1')]);
    store.get(utf8('a'));
    fails = true;
    expect(() => {
      store.write([put('a', '2')]);
    }).toThrow('the disk is full');
    expect(store.get(utf8('a'))).toEqual(utf8('1'));
  });
});

describe('a file', () => {
  it('keeps what was written', () => {
    const file = newFile();
    const store = openSqliteStore(file);
    store.write([put('a', '1')]);
    store.close();
    const again = openSqliteStore(file);
    expect(again.get(utf8('a'))).toEqual(utf8('1'));
    again.close();
  });

  it('writes all changes or none', () => {
    const store = openSqliteStore(newFile());
    store.write([put('a', '1')]);
    expect(() => {
      store.write([put('a', '2'), { key: utf8('b'), value: 'no bytes' as never }, { key: undefined as never, value: utf8('') }]);
    }).toThrow();
    expect(rows(store, 'a', 'z')).toEqual(['a=1']);
    store.close();
  });

  it.each([
    ['that is no database', (file: string): void => writeFileSync(file, 'something else, long enough to be looked at')],
    [
      'of a later format',
      (file: string): void => {
        const database = new DatabaseSync(file);
        database.exec('PRAGMA user_version = 99');
        database.close();
      },
    ],
  ])('%s is refused and left as it is', (_what, make) => {
    const file = newFile();
    make(file);
    const before = readFileSync(file);
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'DEVNET_STORE_REFUSED', path: file }) as Error);
    expect(readFileSync(file)).toEqual(before);
  });
});
