import type { ChaincodeDefinition, Channel, Collection } from '../../src/config/channel';
import { compareText, hex, sha256, utf8 } from '../../src/proto/bytes';
import type { Ledger, Snapshot } from '../../src/store/ledger';
import type { KeyModification, StoredHash, StoredValue, Version } from '../../src/store/state';

export interface FixedState {
  /** Public values by key, all in one namespace. */
  readonly values?: Readonly<Record<string, string>>;
  /** Private values by key, all in one collection. */
  readonly privates?: Readonly<Record<string, string>>;
  /** Private keys of which only the hash is here. */
  readonly hashesOnly?: readonly string[];
  readonly metadata?: Readonly<Record<string, Uint8Array>>;
  readonly collections?: readonly Collection[];
  readonly chaincodes?: readonly string[];
  readonly capabilities?: readonly string[];
}

export const VERSION: Version = { block: 7, tx: 0 };

/** A ledger that stands still, with one state of the test's choice: for what reads and writes nothing else. */
export function newFixedLedger(fixed: FixedState): { readonly ledger: Ledger; readonly snapshot: Snapshot } {
  const snapshot = newSnapshot(fixed);
  const definition = (_: unknown, name: string): ChaincodeDefinition | undefined =>
    (fixed.chaincodes ?? ['cc']).includes(name)
      ? { name, version: '1.0', sequence: 1, policy: new Uint8Array(), collections: fixed.collections ?? [] }
      : undefined;
  const ledger = {
    height: 8,
    channel: { id: 'main', capabilities: { channel: [], orderer: [], application: fixed.capabilities ?? ['V2_5'] } } as unknown as Channel,
    peer: () => ({ mspId: 'AMSP', height: 8, snapshot: () => snapshot, stage: () => undefined, privateDataOf: () => new Map() }),
    definition,
    collection: (_: unknown, __: string, name: string) => fixed.collections?.find((collection) => collection.name === name),
  } as unknown as Ledger;
  return { ledger, snapshot };
}

function newSnapshot({ values = {}, privates = {}, hashesOnly = [], metadata = {} }: FixedState): Snapshot {
  const stored = (value: string, key: string): StoredValue => ({ value: utf8(value), metadata: metadata[key], version: VERSION });
  const hashes = new Map<string, StoredHash>();
  for (const key of [...Object.keys(privates), ...hashesOnly])
    hashes.set(hex(sha256(utf8(key))), { valueHash: sha256(utf8(privates[key] ?? '')), metadata: metadata[key], version: VERSION });
  const read = (from: Readonly<Record<string, string>>, key: string): StoredValue | undefined =>
    from[key] === undefined ? undefined : stored(from[key], key);
  return {
    state: {
      height: 8,
      get: (namespace, key) => (namespace === 'cc' ? read(values, key) : undefined),
      range: (_, start, end) => rows(values, start, end, stored),
      getHash: (_, __, keyHash) => hashes.get(hex(keyHash)),
      history: () => [{ txId: 't1', value: utf8('old'), isDelete: false, timestamp: new Uint8Array() } satisfies KeyModification].values(),
    },
    privates: { get: (_, __, key) => read(privates, key), range: (_, __, start, end) => rows(privates, start, end, stored) },
    release: () => undefined,
  };
}

function* rows(
  from: Readonly<Record<string, string>>,
  start: string,
  end: string,
  stored: (value: string, key: string) => StoredValue,
): Generator<StoredValue & { readonly key: string }> {
  for (const [key, value] of Object.entries(from).sort(([a], [b]) => compareText(a, b)))
    if (compareText(key, start) >= 0 && (end === '' || compareText(key, end) < 0)) yield { key, ...stored(value, key) };
}
