import { concat, text, utf8 } from '../proto/bytes';

/**
 * All keys of the two kinds of files. A key is a letter, then its parts; a part that another follows has its length in front,
 * numbers are eight bytes, big-endian: so entries of one kind lie together, in the order in which they are read.
 */
const KIND = {
  /** chain: number -> block */
  block: 'b',
  /** chain: transaction id -> place */
  transaction: 't',
  /** chain: namespace, key -> value */
  state: 's',
  /** chain: namespace, collection, key hash -> hash */
  hash: 'h',
  /** chain: namespace, key, block and index counted down -> modification; so the newest comes first */
  history: 'y',
  /** chain: block that removes it, namespace, collection, key hash -> block that wrote it */
  expiry: 'x',
  /** peer: namespace, collection, key -> value */
  private: 'p',
  /** peer: namespace, collection, key hash -> key */
  privateKey: 'k',
  /** peer: transaction id, hash of the set -> height, private sets of an endorsed transaction */
  staged: 'g',
  /** peer: block, index -> private sets */
  privateSet: 'd',
  /** peer: namespace, collection, key hash, block, index -> nothing: which sets hold a key */
  privateWriter: 'w',
  /** peer: block that removes it, block, index, namespace, collection -> nothing */
  setExpiry: 'e',
  /** both: name -> single values, see SINGLE */
  single: 'm',
} as const;

const NUMBER_BYTES = 8;

type Part = string | number | Uint8Array;

/** start inclusive, end exclusive. */
export interface KeyRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

/** chain: commitHash, configBlock (number), peerWork (what the newest block asks of peers); peer: savepoint (number of blocks applied). */
export type Single = 'commitHash' | 'configBlock' | 'peerWork' | 'savepoint';

export const keys = {
  block: (number: number) => kind(KIND.block, counted(number)),
  transaction: (txId: string) => kind(KIND.transaction, utf8(txId)),
  state: (namespace: string, key: string) => kind(KIND.state, sized(namespace), utf8(key)),
  hash: (namespace: string, collection: string, keyHash: Uint8Array) => kind(KIND.hash, sized(namespace), sized(collection), keyHash),
  history: (namespace: string, key: string, block: number, tx: number) =>
    kind(KIND.history, sized(namespace), sized(key), countedDown(block), countedDown(tx)),
  expiry: (due: number, namespace: string, collection: string, keyHash: Uint8Array) =>
    kind(KIND.expiry, counted(due), sized(namespace), sized(collection), keyHash),
  private: (namespace: string, collection: string, key: string) => kind(KIND.private, sized(namespace), sized(collection), utf8(key)),
  privateKey: (namespace: string, collection: string, keyHash: Uint8Array) =>
    kind(KIND.privateKey, sized(namespace), sized(collection), keyHash),
  staged: (txId: string, setHash: Uint8Array) => kind(KIND.staged, sized(txId), setHash),
  privateSet: (block: number, tx: number) => kind(KIND.privateSet, counted(block), counted(tx)),
  privateWriter: (namespace: string, collection: string, keyHash: Uint8Array, at: readonly [block: number, tx: number]) =>
    kind(KIND.privateWriter, sized(namespace), sized(collection), sized(keyHash), counted(at[0]), counted(at[1])),
  setExpiry: (due: number, at: readonly [block: number, tx: number], namespace: string, collection: string) =>
    kind(KIND.setExpiry, counted(due), counted(at[0]), counted(at[1]), sized(namespace), utf8(collection)),
  single: (name: Single) => kind(KIND.single, utf8(name)),
} as const;

export const ranges = {
  blocks: (): KeyRange => all(kind(KIND.block)),
  /** startKey inclusive, endKey exclusive, empty: to the end of the namespace. */
  state: (namespace: string, startKey: string, endKey: string) => between(kind(KIND.state, sized(namespace)), startKey, endKey),
  private: (namespace: string, collection: string, startKey: string, endKey: string) =>
    between(kind(KIND.private, sized(namespace), sized(collection)), startKey, endKey),
  history: (namespace: string, key: string) => all(kind(KIND.history, sized(namespace), sized(key))),
  expiring: (due: number) => all(kind(KIND.expiry, counted(due))),
  staged: (txId?: string) => all(txId === undefined ? kind(KIND.staged) : kind(KIND.staged, sized(txId))),
  privateSets: (block: number) => all(kind(KIND.privateSet, counted(block))),
  privateWriters: (namespace: string, collection: string, keyHash: Uint8Array) =>
    all(kind(KIND.privateWriter, sized(namespace), sized(collection), sized(keyHash))),
  setsExpiring: (due: number) => all(kind(KIND.setExpiry, counted(due))),
} as const;

/** The key of a public value, of an entry in ranges.state. */
export function parseStateKey(namespace: string, entryKey: Uint8Array): string {
  return text(entryKey.subarray(kind(KIND.state, sized(namespace)).length));
}

/** The key of a private value, of an entry in ranges.private. */
export function parsePrivateKey(namespace: string, collection: string, entryKey: Uint8Array): string {
  return text(entryKey.subarray(kind(KIND.private, sized(namespace), sized(collection)).length));
}

export function parseExpiry(entryKey: Uint8Array): {
  readonly namespace: string;
  readonly collection: string;
  readonly keyHash: Uint8Array;
} {
  const parts = new Parts(entryKey, 1 + NUMBER_BYTES);
  return { namespace: text(parts.sized()), collection: text(parts.sized()), keyHash: parts.rest() };
}

export function parsePrivateSet(entryKey: Uint8Array): { readonly block: number; readonly tx: number } {
  const parts = new Parts(entryKey, 1);
  return { block: parts.counted(), tx: parts.counted() };
}

export function parsePrivateWriter(entryKey: Uint8Array): { readonly block: number; readonly tx: number } {
  const parts = new Parts(entryKey, entryKey.length - 2 * NUMBER_BYTES);
  return { block: parts.counted(), tx: parts.counted() };
}

export function parseSetExpiry(entryKey: Uint8Array): {
  readonly block: number;
  readonly tx: number;
  readonly namespace: string;
  readonly collection: string;
} {
  const parts = new Parts(entryKey, 1 + NUMBER_BYTES);
  return { block: parts.counted(), tx: parts.counted(), namespace: text(parts.sized()), collection: text(parts.rest()) };
}

function kind(letter: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return concat(utf8(letter), ...parts);
}

function counted(value: number): Uint8Array {
  const bytes = new Uint8Array(NUMBER_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

function countedDown(value: number): Uint8Array {
  return counted(Number.MAX_SAFE_INTEGER - value);
}

function sized(part: Part): Uint8Array {
  const bytes = typeof part === 'string' ? utf8(part) : (part as Uint8Array);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return concat(length, bytes);
}

function between(prefix: Uint8Array, startKey: string, endKey: string): KeyRange {
  return { start: concat(prefix, utf8(startKey)), end: endKey === '' ? after(prefix) : concat(prefix, utf8(endKey)) };
}

function all(prefix: Uint8Array): KeyRange {
  return { start: prefix, end: after(prefix) };
}

/** The first key beyond all that begin with the prefix. A prefix begins with a letter, so some byte can be counted up. */
function after(prefix: Uint8Array): Uint8Array {
  const last = prefix.findLastIndex((byte) => byte < 0xff);
  const end = prefix.slice(0, last + 1);
  end[last] = (end[last] ?? 0) + 1;
  return end;
}

class Parts {
  constructor(
    readonly bytes: Uint8Array,
    private at: number,
  ) {}

  counted(): number {
    this.at += NUMBER_BYTES;
    return Number(new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at - NUMBER_BYTES).getBigUint64(0));
  }

  sized(): Uint8Array {
    const length = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at).getUint32(0);
    this.at += 4 + length;
    return this.bytes.slice(this.at - length, this.at);
  }

  rest(): Uint8Array {
    return this.bytes.slice(this.at);
  }
}
