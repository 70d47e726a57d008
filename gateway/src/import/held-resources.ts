import type { MspId } from '@medaccord/chaincode/model';
import type { IndexedResource, ResourceIndex } from '../fhir';
import type { RecordReader } from '../record/record-reader';
import { findWithdrawal, type IndexedRecord, type Store } from '../store';

export interface HeldResourcesOptions {
  readonly mspId: MspId;
  readonly store: Pick<Store, 'index' | 'facts'>;
  readonly records: RecordReader;
}

/** The organisation's own records as FHIR resources. */
export function newHeldResources({ mspId, store, records }: HeldResourcesOptions): ResourceIndex {
  const { index, facts } = store;
  const newResource = ({ type, id, recordId, version, subjectRef }: IndexedRecord): IndexedResource => ({
    type,
    id,
    recordId,
    version,
    subjectRef,
    isDeleted: findWithdrawal(facts, mspId, recordId) !== undefined,
    readText: async () => (await records.read(recordId)).text,
  });
  return {
    find: (type, id) => {
      const record = index.findResource(type, id);
      return Promise.resolve(record === undefined ? undefined : newResource(record));
    },
    findByIdentifier: (type, token) => {
      const found = index.findByIdentifier(type, token).map(newResource);
      return Promise.resolve(found.filter(({ isDeleted }) => !isDeleted));
    },
  };
}
