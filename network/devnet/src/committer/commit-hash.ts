import { EMPTY, compareText, concat, sha256, utf8 } from '../proto/bytes';
import type { Version } from '../store/state';
import type { HashUpdate, PublicUpdate } from '../store/updates';

/**
 * COMMIT_HASH of a block (devnet.md h [P]; kvledger/kv_ledger.go, txmgmt/txmgr/update_batch_bytes.go).
 * @param filter TRANSACTIONS_FILTER, one code per transaction
 * @param previous commit hash of the block before; absent in block 1
 */
export function computeCommitHash(filter: Uint8Array, updates: Uint8Array, previous: Uint8Array | undefined): Uint8Array {
  return sha256(uvarint(filter.length), filter, updates, previous ?? EMPTY);
}

/**
 * The final updates of a block as the commit hash sees them. Both lists must be in byte order of namespace, (collection,) key;
 * what a configuration wrote, under the empty namespace, is not part of it.
 */
export function writeUpdates(publicUpdates: readonly PublicUpdate[], hashUpdates: readonly HashUpdate[]): Uint8Array {
  const rows = [
    ...publicUpdates.map((u) => ({ namespace: u.namespace, collection: '', key: utf8(u.key), value: u.value, version: u.version })),
    ...hashUpdates.map((u) => ({
      namespace: u.namespace,
      collection: u.collection,
      key: u.keyHash,
      value: u.valueHash,
      version: u.version,
    })),
  ].filter(({ namespace }) => namespace !== '');
  const namespaces = [...new Set(rows.map(({ namespace }) => namespace))].sort(compareText);
  const writes = namespaces.flatMap((name) =>
    writeNamespace(
      name,
      rows.filter(({ namespace }) => namespace === name),
    ),
  );
  return concat(...writes.map((write) => field(1, write)));
}

interface Row {
  readonly collection: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
  readonly version: Version;
}

/** A name stands only in the first entry it applies to, and is implied after it. */
function writeNamespace(namespace: string, rows: readonly Row[]): readonly Uint8Array[] {
  let collection = '';
  return rows.map((row, index) => {
    const isNewCollection = row.collection !== collection;
    collection = row.collection;
    return concat(
      field(1, index === 0 ? utf8(namespace) : EMPTY),
      field(2, isNewCollection ? utf8(collection) : EMPTY),
      field(3, row.key),
      row.value === undefined ? Uint8Array.of(0x20, 1) : field(5, row.value),
      field(6, writeVersion(row.version)),
    );
  });
}

function writeVersion({ block, tx }: Version): Uint8Array {
  return concat(orderPreserving(block), orderPreserving(tx));
}

/** One byte of length, then the number without leading zeros (common/ledger/util, EncodeOrderPreservingVarUint64). */
function orderPreserving(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(bytes.length, ...bytes);
}

/** A length-delimited protobuf field; an empty one is left out. */
function field(number: number, content: Uint8Array): Uint8Array {
  return content.length === 0 ? EMPTY : concat(Uint8Array.of(number * 8 + 2), uvarint(content.length), content);
}

function uvarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Uint8Array.of(...bytes, rest);
}
