import { equalBytes, hex, sha256 } from '../proto/bytes';
import { readChaincodeEvent, readChaincodeAction, readResponsePayload, type ChaincodeAction } from '../proto/transactions';
import { readRwSet, type NamespaceRwSet } from '../proto/rwset';
import { MalformedMessage } from '../proto/wire';

/**
 * What differs between two endorsers' results, a line each: results, events, keys read and written, collections. Values are told apart by
 * hash and length only. Both: serialized peer.ProposalResponsePayload.
 */
export function describeDifference(first: Uint8Array, second: Uint8Array): readonly string[] {
  try {
    const [a, b] = [first, second].map((payload) => readChaincodeAction(readResponsePayload(payload).extension));
    if (a === undefined || b === undefined) return [];
    return [...resultLines(a, b), ...eventLines(a, b), ...setLines(readRwSet(a.results), readRwSet(b.results))];
  } catch (error) {
    if (error instanceof MalformedMessage) return ['a response payload cannot be read'];
    throw error;
  }
}

function resultLines(a: ChaincodeAction, b: ChaincodeAction): readonly string[] {
  const [first, second] = [a.response, b.response];
  if (first === undefined || second === undefined) return [];
  const lines: string[] = [];
  if (first.status !== second.status) lines.push(`status: ${String(first.status)} and ${String(second.status)}`);
  if (!equalBytes(first.payload, second.payload)) lines.push(`result of the transaction: ${pair(first.payload, second.payload)}`);
  if (first.message !== second.message) lines.push('message of the response differs');
  return lines;
}

function eventLines(a: ChaincodeAction, b: ChaincodeAction): readonly string[] {
  if (equalBytes(a.events, b.events)) return [];
  const [first, second] = [a.events, b.events].map((event) => (event.length === 0 ? 'none' : readChaincodeEvent(event).name));
  return [`event: ${String(first)} and ${String(second)}${first === second ? ', with another payload' : ''}`];
}

/** Facts of a read-write set by place, as comparable text. */
type Facts = ReadonlyMap<string, string>;

function setLines(a: readonly NamespaceRwSet[], b: readonly NamespaceRwSet[]): readonly string[] {
  const [first, second] = [factsOf(a), factsOf(b)];
  const places = [...new Set([...first.keys(), ...second.keys()])];
  return places
    .filter((place) => first.get(place) !== second.get(place))
    .map((place) => `${place}: ${first.get(place) ?? 'only in the other'} and ${second.get(place) ?? 'only in the first'}`);
}

function factsOf(sets: readonly NamespaceRwSet[]): Facts {
  return new Map(sets.flatMap((set) => [...publicFacts(set), ...collectionFacts(set)]));
}

function publicFacts({ namespace, reads, writes, metadataWrites, rangeQueries }: NamespaceRwSet): (readonly [string, string])[] {
  return [
    ...reads.map(({ key, version }) => [`read of ${namespace} key ${quote(key)}`, formatVersion(version)] as const),
    ...writes.map(({ key, isDelete, value }) => [`write of ${namespace} key ${quote(key)}`, isDelete ? 'delete' : brief(value)] as const),
    ...metadataWrites.map(({ key, entries }) => {
      return [`key policy of ${namespace} key ${quote(key)}`, entries.map(({ value }) => brief(value)).join(' ')] as const;
    }),
    ...rangeQueries.map(({ startKey, endKey, reads: rows, merkle }, at) => {
      const content = JSON.stringify([startKey, endKey, rows, merkle?.hashes.map(hex)]);
      return [`range query ${String(at + 1)} of ${namespace}`, brief(Buffer.from(content))] as const;
    }),
  ];
}

function collectionFacts({ namespace, collections }: NamespaceRwSet): (readonly [string, string])[] {
  return collections.flatMap(({ collection, pvtHash, hashedReads }) => [
    [`private writes of ${namespace} collection ${collection}`, pvtHash.length === 0 ? 'none' : hex(pvtHash).slice(0, 16)] as const,
    ...hashedReads.map(({ keyHash, version }) => {
      return [`read of ${namespace} collection ${collection} key hash ${hex(keyHash).slice(0, 16)}`, formatVersion(version)] as const;
    }),
  ]);
}

function formatVersion(version: { readonly block: number; readonly tx: number } | undefined): string {
  return version === undefined ? 'absent' : `version ${String(version.block)}.${String(version.tx)}`;
}

function pair(a: Uint8Array, b: Uint8Array): string {
  const at = a.findIndex((byte, place) => byte !== b[place]);
  return `${brief(a)} and ${brief(b)}, first different byte at ${String(at < 0 ? a.length : at)}`;
}

function brief(value: Uint8Array): string {
  return `${String(value.length)} bytes (sha256 ${hex(sha256(value)).slice(0, 16)})`;
}

/** Composite keys hold unprintable characters. */
function quote(key: string): string {
  return JSON.stringify(key);
}
