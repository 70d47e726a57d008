import { findHolder, type StandingOptions } from '../../decision';
import { readEverything, readHistory, ResourceReader, searchResources, type Pair } from '../../fhir-rest';
import { newError } from '../../problem';
import type { RecordReader } from '../../record/record-reader';
import type { Store } from '../../store';
import type { Route } from '../route';
import { newRelationFhirRoutes, type RelationChart, type RelationRequest } from './fhir-of-relation';

export interface PatientFhirOptions extends StandingOptions {
  readonly store: Store;
  readonly records: RecordReader;
  readonly version: string;
}

/** A FHIR R4 service per relation at the custodian: all of the patient's own records, for herself. */
export function newPatientFhirRoutes(options: PatientFhirOptions): readonly Route[] {
  return newRelationFhirRoutes({
    root: '/fhir/own',
    access: { by: 'relation' },
    version: options.version,
    what: "the patient's own records",
    description: 'All that this organisation holds of one patient, for herself',
    security: "A bearer token that the patient's wallet signed with the key of this relation",
    open: (request, base) => openChart(options, request, base),
  });
}

/** All that is read or found is looked for among this patient's records only. */
async function openChart(options: PatientFhirOptions, { params }: RelationRequest, base: string): Promise<RelationChart> {
  const { store } = options;
  const within = await findHolder(options, params.relationRef);
  const reader = new ResourceReader({ ...options, within });
  return {
    search: (wish) => searchResources(reader, store, { ...wish, pairs: wish.pairs.filter(isOwn), base, within }),
    everything: ({ id, pairs }) => readEverything(reader, store, { id: id ?? findPatientId(store, within), base, pairs, within }),
    read: (type, id, ifNoneMatch) => reader.read(type, id, ifNoneMatch),
    history: (type, id, page) => readHistory(reader, store.key, { type, id, base, ...page }),
    readVersion: (type, id, versionId) => reader.readVersion(type, id, versionId),
  };
}

/** @throws CodedError RESOURCE_NOT_FOUND where there is no Patient of hers */
function findPatientId({ resources, index }: Store, subjectRef: string): string {
  const [listed] = resources.list({ type: 'Patient', subjectRef }, { order: 'created', most: 1 });
  const id = listed && index.findVersion(listed.recordId, listed.version)?.id;
  if (id === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such resource is held here');
  return id;
}

/** What joins other resources to those that are found would look beyond hers. */
function isOwn([name]: Pair): boolean {
  return !/^_(include|revinclude|has)(:|$)/.test(name);
}
