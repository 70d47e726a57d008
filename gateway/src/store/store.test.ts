import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decisionKey, deliveryKey, formatKey, requestKey } from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../ledger/ledger';
import { Facts } from './facts';
import { newLocalKey } from './local-key';
import { openStore } from './store';

const relationRef = 'R'.repeat(22) as never;
const requestId = 'Q'.repeat(22) as never;
const custodian = 'AlphaMSP';
const requester = 'BetaMSP' as never;

const block = (number: number, ...writes: [string, object | undefined][]): LedgerBlock => ({
  number,
  configuration: number === 0,
  transactions: [
    {
      index: 0,
      transactionId: `tx${String(number)}`,
      code: 0,
      event: undefined,
      writes: writes.map(([key, value]) => ({ key, value: value === undefined ? undefined : JSON.stringify(value) })),
    },
  ],
});

const chain: readonly LedgerBlock[] = [
  block(0),
  block(1, [formatKey('consent', relationRef, '9'), { version: 9 }], [formatKey('consent', relationRef, '10'), { version: 10 }]),
  block(2, [requestKey(relationRef, requester, requestId), { party: true }]),
  block(3, [decisionKey(relationRef, requester, requestId), { outcome: 'released' }]),
  block(4, [deliveryKey(relationRef, requester, requestId, 1), { parts: 2 }]),
  block(5, [deliveryKey(relationRef, requester, requestId, 2), { parts: 2 }]),
];

describe('Facts', () => {
  let facts: Facts;
  const applyUpTo = (last: number): void => {
    for (const one of chain.slice(0, last + 1)) facts.apply(one);
  };

  beforeEach(() => {
    facts = new Facts(':memory:');
  });

  it('applies every block once, in order, and knows its height', () => {
    applyUpTo(2);
    expect(facts.height).toBe(3);
    expect(facts.apply(chain[1] as LedgerBlock)).toBe(false);
    expect(() => facts.apply(chain[4] as LedgerBlock)).toThrow('Block 3 is missing');
    expect(facts.height).toBe(3);
  });

  it('finds the newest version by its number, not by its spelling', () => {
    applyUpTo(1);
    expect(facts.findNewest('consent', relationRef)).toMatchObject({ value: { version: 10 }, block: 1, transactionId: 'tx1' });
  });

  it('lists a request as undecided until its decision, and a release as undelivered until its last part', () => {
    applyUpTo(2);
    expect([facts.listUndecided(), facts.listUndelivered()]).toEqual([[{ relationRef, requester, requestId }], []]);
    facts.apply(chain[3] as LedgerBlock);
    expect([facts.listUndecided(), facts.listUndelivered()]).toEqual([[], [{ relationRef, requester, requestId }]]);
    facts.apply(chain[4] as LedgerBlock);
    expect(facts.isDelivered({ relationRef, requester, requestId })).toBe(false);
    facts.apply(chain[5] as LedgerBlock);
    expect([facts.listUndelivered(), facts.isDelivered({ relationRef, requester, requestId })]).toEqual([[], true]);
  });

  it('never lists the request of somebody who is no party, nor a refusal as undelivered', () => {
    facts.apply(
      block(
        0,
        [requestKey(relationRef, requester, requestId), { party: false }],
        [decisionKey(relationRef, requester, requestId), { outcome: 'refused' }],
      ),
    );
    expect([facts.listUndecided(), facts.listUndelivered(), facts.isDelivered({ relationRef, requester, requestId })]).toEqual([
      [],
      [],
      false,
    ]);
  });

  it('keeps the first value of an anchor and a group, and the last of everything else', () => {
    const keys: [string, string, string, string][] = [
      ['record', `${custodian}/${'A'.repeat(22)}`, '1', 'first'],
      ['group', custodian, 'G'.repeat(22), 'first'],
      ['organisation', custodian, '', 'second'],
    ];
    const write = (value: string): [string, object][] =>
      keys.map(([type, ref, id]) => [
        formatKey(
          type,
          ...[ref, id]
            .join('/')
            .split('/')
            .filter((one) => one !== ''),
        ),
        { value },
      ]);
    facts.apply(block(0, ...write('first')));
    facts.apply(block(1, ...write('second')));
    for (const [type, ref, id, expected] of keys) expect(facts.find(type as never, ref, id)).toMatchObject({ value: { value: expected } });
  });

  it('forgets what the ledger deleted, and ignores keys that are none of ours', () => {
    facts.apply(block(0, [formatKey('organisation', custodian), { a: 1 }], ['plain-key', { b: 1 }], [formatKey('else', 'x'), { c: 1 }]));
    facts.apply(block(1, [formatKey('organisation', custodian), undefined]));
    expect(facts.listType('organisation')).toEqual([]);
  });

  it('is the same after it was cleared and built again', () => {
    applyUpTo(5);
    const look = (): unknown => [
      facts.list('consent', relationRef),
      facts.list('delivery', relationRef),
      facts.listUndelivered(),
      facts.height,
      facts.configurationBlock,
    ];
    const before = look();
    facts.clear();
    expect(facts.height).toBe(0);
    applyUpTo(5);
    expect(look()).toEqual(before);
  });
});

describe('the data folder', () => {
  it('and everything in it can be read by its owner only', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-store-'));
    const store = openStore(join(folder, 'data'), custodian);
    try {
      expect(statSync(join(folder, 'data')).mode & 0o077).toBe(0);
      for (const name of readdirSync(join(folder, 'data', 'keys')))
        expect(statSync(join(folder, 'data', 'keys', name)).mode & 0o077).toBe(0);
    } finally {
      store.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the local key', () => {
  const key = newLocalKey(Buffer.alloc(32, 7));

  it('opens what it sealed, at the same place only and unaltered only', () => {
    const sealed = key.seal('table/1', Buffer.from('secret'));
    expect(Buffer.from(key.open('table/1', sealed)).toString()).toBe('secret');
    expect(() => key.open('table/2', sealed)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    const altered = Buffer.from(sealed);
    altered[14] = (altered[14] ?? 0) ^ 1;
    expect(() => key.open('table/1', altered)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    expect(() => newLocalKey(Buffer.alloc(32, 8)).open('table/1', sealed)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
  });

  it('gives a value one name per purpose, and another key another name', () => {
    expect(key.name('a', 'x')).toBe(key.name('a', 'x'));
    expect(
      new Set([key.name('a', 'x'), key.name('b', 'x'), key.name('a', 'y'), newLocalKey(Buffer.alloc(32, 8)).name('a', 'x')]).size,
    ).toBe(4);
  });
});
