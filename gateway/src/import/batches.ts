import type { EncryptedRecord } from '../record/encrypt-record';
import type { Weight } from './coalescer';

/** 50 records a transaction, four in flight, reach nine times the throughput of one by one (fabric-measured Q7); 8 MiB keep it well below the largest gRPC message. */
export const mostOfBatch = { records: 50, characters: 8 * 1024 * 1024 } as const satisfies Weight;

/** What records weigh in a transaction. */
export function weighRecords(records: readonly EncryptedRecord[]): Weight {
  const characters = records.reduce((sum, { stored }) => sum + stored.envelope.length, 0);
  return { records: records.length, characters };
}

/** Parts a list into batches, bounded by number and by size; a record that alone exceeds the size is a batch of its own. */
export function newBatches(records: readonly EncryptedRecord[]): readonly (readonly EncryptedRecord[])[] {
  const batches: EncryptedRecord[][] = [];
  let size = 0;
  for (const record of records) {
    const length = weighRecords([record])['characters'] ?? 0;
    const last = batches.at(-1);
    if (last === undefined || last.length >= mostOfBatch.records || size + length > mostOfBatch.characters) {
      batches.push([record]);
      size = length;
    } else {
      last.push(record);
      size += length;
    }
  }
  return batches;
}
