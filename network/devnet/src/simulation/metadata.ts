import { ledger } from '@hyperledger/fabric-protos';
import type { MetadataEntry } from '../proto/rwset';

const { KVMetadataWrite } = ledger.rwset.kvrwset;

/** Name of the metadata entry that holds a key's endorsement policy (peer.MetaDataKeys). */
export const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER';

/** Entries of a key's metadata as stored: a KVMetadataWrite without key (core/ledger/kvledger/txmgmt/statemetadata). */
export function parseMetadata(stored: Uint8Array | undefined): readonly MetadataEntry[] {
  if (stored === undefined || stored.length === 0) return [];
  return KVMetadataWrite.deserializeBinary(stored)
    .getEntriesList()
    .map((entry) => ({ name: entry.getName(), value: entry.getValue_asU8() }));
}
