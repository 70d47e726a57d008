import { newFixedLedger, VERSION, type FixedState } from '../../test/support/fixed-ledger';
import type { Collection } from '../config/channel';
import { hex, sha256, text, utf8 } from '../proto/bytes';
import { formatKeyMetadata, VALIDATION_PARAMETER } from '../proto/key-metadata';
import { readRwSet, type NamespaceRwSet } from '../proto/rwset';
import { Simulation } from './simulation';

const PAIR = { name: 'pair', memberMsps: ['AMSP'] } as unknown as Collection;
const STATE: FixedState = { values: { a: '1', b: '2', c: '3' }, privates: { p: 'secret' }, hashesOnly: ['q'], collections: [PAIR] };

function simulate(state: FixedState = STATE): Simulation {
  const { ledger, snapshot } = newFixedLedger(state);
  return new Simulation({ txId: 'tx1', ledger, snapshot });
}

function setOf(simulation: Simulation, namespace = 'cc'): NamespaceRwSet | undefined {
  return readRwSet(simulation.finish().publicSet).find((set) => set.namespace === namespace);
}

const range = (startKey: string, endKey: string): { namespace: string; startKey: string; endKey: string } => ({
  namespace: 'cc',
  startKey,
  endKey,
});

describe('a simulation', () => {
  it('reads the committed value after a write, and records the read', () => {
    const simulation = simulate();
    simulation.put('cc', 'a', utf8('new'));
    expect(text(simulation.get('cc', 'a'))).toBe('1');
    expect(setOf(simulation)?.reads).toEqual([{ key: 'a', version: VERSION }]);
  });

  it('takes the put of an empty value for a delete, and the last write of a key', () => {
    const simulation = simulate();
    simulation.put('cc', 'b', utf8('x'));
    simulation.put('cc', 'b', new Uint8Array());
    simulation.put('cc', 'a', utf8('y'));
    expect(setOf(simulation)?.writes.map(({ key, isDelete }) => [key, isDelete])).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });

  it('rests on the sequence of the definition, and after a private call on all of it', () => {
    const simulation = simulate();
    simulation.definition('cc');
    simulation.getPrivateHash('cc', 'pair', 'p');
    const fields = ['Collections', 'EndorsementInfo', 'Sequence', 'ValidationInfo'].map((field) => `namespaces/fields/cc/${field}`);
    expect(setOf(simulation, '_lifecycle')?.reads.map(({ key }) => key)).toEqual([...fields, 'namespaces/metadata/cc']);
  });

  it('sorts keys by their bytes', () => {
    const simulation = simulate();
    for (const key of ['\u{1F600}', '\uFF21', 'z']) simulation.put('cc', key, utf8('1'));
    expect(setOf(simulation)?.writes.map(({ key }) => key)).toEqual(['z', '\uFF21', '\u{1F600}']);
  });

  it('sorts hashed writes by the plain key, not by the hash', () => {
    const simulation = simulate();
    for (const key of ['k3', 'k1', 'k2']) simulation.putPrivate('cc', 'pair', key, utf8('1'));
    const written = setOf(simulation)?.collections[0]?.hashedWrites.map(({ keyHash }) => hex(keyHash));
    expect(written).toEqual(['k1', 'k2', 'k3'].map((key) => hex(sha256(utf8(key)))));
  });

  it('refuses a private value whose hash is of another version', () => {
    const error =
      'private data matching public hash version is not available. Public hash version = {BlockNum: 7, TxNum: 0}, Private data version = <nil>';
    expect(() => simulate().getPrivate('cc', 'pair', 'q')).toThrow(error);
  });

  it('answers an absent private key with nothing, and records that it was absent', () => {
    const simulation = simulate();
    expect(simulation.getPrivate('cc', 'pair', 'none')).toHaveLength(0);
    expect(setOf(simulation)?.collections[0]?.hashedReads).toEqual([{ keyHash: sha256(utf8('none')), version: undefined }]);
  });

  it('names the collection that a definition does not have', () => {
    expect(() => simulate().getPrivateHash('cc', 'other', 'p')).toThrow(
      'collection [other] not defined in the collection config for chaincode [cc]',
    );
  });
});

describe('a range query', () => {
  it('records what the peer read, up to its end where it was exhausted', () => {
    const simulation = simulate();
    const scan = simulation.range(range('a', 'c'));
    while (scan.next() !== undefined);
    expect(setOf(simulation)?.rangeQueries).toEqual([
      {
        startKey: 'a',
        endKey: 'c',
        exhausted: true,
        reads: [
          { key: 'a', version: VERSION },
          { key: 'b', version: VERSION },
        ],
        merkle: undefined,
      },
    ]);
  });

  it('ends at the last key read where it was not exhausted', () => {
    const simulation = simulate();
    simulation.range(range('', '')).next();
    expect(setOf(simulation)?.rangeQueries[0]).toMatchObject({ startKey: '', endKey: 'a', exhausted: false });
  });

  it('counts once when it is repeated', () => {
    const simulation = simulate();
    for (const _ of [1, 2]) {
      const scan = simulation.range(range('x', 'y'));
      expect(scan.next()).toBeUndefined();
    }
    expect(setOf(simulation)?.rangeQueries).toHaveLength(1);
  });

  it('of more than 50 rows is summarised', () => {
    const values = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`k${String(n).padStart(3, '0')}`, 'v']));
    const simulation = simulate({ values });
    const scan = simulation.range(range('', ''));
    while (scan.next() !== undefined);
    const [query] = setOf(simulation)?.rangeQueries ?? [];
    expect(query?.reads).toEqual([]);
    expect(query?.merkle).toMatchObject({ maxDegree: 50, maxLevel: 1 });
    // 51, 51 and 18 reads.
    expect(query?.merkle?.hashes).toHaveLength(3);
  });
});

describe('combinations that Fabric refuses', () => {
  const refused = (reason: string): string => `txid [tx1]: unsuppored transaction. ${reason}`;
  const write = (simulation: Simulation): void => simulation.put('cc', 'a', utf8('1'));
  const writePrivate = (simulation: Simulation): void => simulation.putPrivate('cc', 'pair', 'p', utf8('1'));
  const page = (simulation: Simulation): unknown => simulation.page(range('a', ''), 2);
  const queryPrivate = (simulation: Simulation): unknown => simulation.privateRange(range('a', ''), 'pair');

  it.each<[string, (s: Simulation) => unknown, (s: Simulation) => unknown, string]>([
    ['a write after a private query', queryPrivate, write, 'Transaction has already performed queries on pvt data. Writes are not allowed'],
    ['a private write after a page', page, writePrivate, 'Transaction has already performed a paginated query. Writes are not allowed'],
    ['a private query after a write', write, queryPrivate, 'Queries on pvt data is supported only in a read-only transaction'],
    ['a page after a private write', writePrivate, page, 'Paginated queries are supported only in a read-only transaction'],
  ])('%s', (_, first, second, text) => {
    const simulation = simulate();
    first(simulation);
    expect(() => second(simulation)).toThrow(refused(text));
  });
});

describe('the interest of a transaction', () => {
  const policy = utf8('');
  const withPolicy = { ...STATE, metadata: { a: formatKeyMetadata([{ name: VALIDATION_PARAMETER, value: policy }]) } };
  const plain = { name: 'cc', collections: [], noPrivateReads: false, disregardNamespacePolicy: false, keyPolicies: [] };

  it('is the chaincode policy for reads alone', () => {
    const simulation = simulate();
    simulation.get('cc', 'a');
    expect(simulation.interest()).toEqual([plain]);
  });

  it('is empty when nothing of the chaincode was touched', () => {
    const simulation = simulate();
    simulation.definition('cc');
    expect(simulation.interest()).toEqual([]);
  });

  it('is the committed key policy alone where every written key has one', () => {
    const simulation = simulate(withPolicy);
    simulation.put('cc', 'a', utf8('x'));
    expect(simulation.interest()).toEqual([{ ...plain, keyPolicies: [policy], disregardNamespacePolicy: true }]);
  });

  it('does not count a policy that the transaction itself sets', () => {
    const simulation = simulate();
    simulation.putMetadata('cc', 'a', [{ name: VALIDATION_PARAMETER, value: utf8('') }]);
    expect(simulation.interest()).toEqual([plain]);
  });

  it('names a collection as read only for its values, not for its hashes', () => {
    const hashed = simulate();
    hashed.getPrivateHash('cc', 'pair', 'p');
    hashed.putPrivate('cc', 'pair', 'n', utf8('1'));
    expect(hashed.interest()).toEqual([{ ...plain, collections: ['pair'], noPrivateReads: true }]);
    const read = simulate();
    read.getPrivate('cc', 'pair', 'none');
    expect(read.interest()).toEqual([plain, { ...plain, collections: ['pair'], noPrivateReads: false }]);
  });
});
