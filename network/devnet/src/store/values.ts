import { concat, text, utf8 } from '../proto/bytes';
import type { TransactionPlace } from './ledger';
import type { KeyModification, StoredHash, StoredValue, Version } from './state';

/** How values lie in the files: fixed numbers first, then parts with their length in front, the last part to the end. */
const ABSENT = 0xffffffff;

export function formatValue(value: StoredValue): Uint8Array {
  return concat(numbers(value.version.block, value.version.tx), optional(value.metadata), value.value);
}

export function parseValue(bytes: Uint8Array): StoredValue {
  const reader = new ValueReader(bytes);
  const version = readVersion(reader);
  const metadata = reader.optional();
  return { version, metadata, value: reader.rest() };
}

export function formatHash(hash: StoredHash): Uint8Array {
  return formatValue({ value: hash.valueHash, metadata: hash.metadata, version: hash.version });
}

export function parseHash(bytes: Uint8Array): StoredHash {
  const { value, metadata, version } = parseValue(bytes);
  return { valueHash: value, metadata, version };
}

export function formatModification(modification: KeyModification): Uint8Array {
  const { txId, isDelete, timestamp, value } = modification;
  return concat(numbers(isDelete ? 1 : 0), optional(utf8(txId)), optional(timestamp), value);
}

export function parseModification(bytes: Uint8Array): KeyModification {
  const reader = new ValueReader(bytes);
  const isDelete = reader.number() === 1;
  const txId = text(reader.optional() ?? new Uint8Array(0));
  return { txId, isDelete, timestamp: reader.optional(), value: reader.rest() };
}

export function formatPlace(place: TransactionPlace): Uint8Array {
  return numbers(place.block, place.index, place.code);
}

export function parsePlace(bytes: Uint8Array): TransactionPlace {
  const reader = new ValueReader(bytes);
  return { block: reader.number(), index: reader.number(), code: reader.number() };
}

export function formatNumber(value: number): Uint8Array {
  return numbers(value);
}

export function parseNumber(bytes: Uint8Array): number {
  return new ValueReader(bytes).number();
}

/** Private sets of an endorsed transaction, with the height at which they were kept: they do not wait for ever. */
export function formatStaged(height: number, sets: Uint8Array): Uint8Array {
  return concat(numbers(height), sets);
}

export function parseStaged(bytes: Uint8Array): { readonly height: number; readonly sets: Uint8Array } {
  const reader = new ValueReader(bytes);
  return { height: reader.number(), sets: reader.rest() };
}

function readVersion(reader: ValueReader): Version {
  return { block: reader.number(), tx: reader.number() };
}

function numbers(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, at) => {
    view.setFloat64(8 * at, value);
  });
  return bytes;
}

function optional(part: Uint8Array | undefined): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, part?.length ?? ABSENT);
  return part === undefined ? length : concat(length, part);
}

class ValueReader {
  #at = 0;
  readonly #view: DataView;
  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8);
  }

  optional(): Uint8Array | undefined {
    const length = this.#view.getUint32(this.#at);
    this.#at += 4;
    if (length === ABSENT) return undefined;
    this.#at += length;
    return this.bytes.slice(this.#at - length, this.#at);
  }

  rest(): Uint8Array {
    return this.bytes.slice(this.#at);
  }
}
