import { ledger } from '@hyperledger/fabric-protos';
import { compareText } from './bytes';
import type { MetadataEntry } from './rwset';
import { decode } from './wire';

const { KVMetadataWrite, KVMetadataEntry } = ledger.rwset.kvrwset;

/** Name of the metadata entry that holds a key's endorsement policy (peer.MetaDataKeys). */
export const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER';

/** Entries of a key's metadata as stored: a KVMetadataWrite without key, entries by name (kvledger/txmgmt/statemetadata). */
export function parseKeyMetadata(stored: Uint8Array | undefined): readonly MetadataEntry[] {
  if (stored === undefined) return [];
  const message = decode(KVMetadataWrite, stored, { messages: { 2: { strings: [1] } } });
  return message.getEntriesList().map((entry) => ({ name: entry.getName(), value: entry.getValue_asU8() }));
}

export function formatKeyMetadata(entries: readonly MetadataEntry[]): Uint8Array {
  const message = new KVMetadataWrite();
  for (const { name, value } of entries.toSorted((a, b) => compareText(a.name, b.name))) {
    const entry = message.addEntries(new KVMetadataEntry());
    entry.setName(name);
    entry.setValue(value);
  }
  return message.serializeBinary();
}
