import { askingRoles } from '@medaccord/chaincode/model';
import type { ReleasedReader } from '../../released';
import type { Route } from '../route';
import { newRelationFhirRoutes, type RelationChart, type RelationRequest } from './fhir-of-relation';
import { readerOf } from './reader-of';

export interface ReleasedRoutesOptions {
  readonly released: ReleasedReader;
  readonly version: string;
}

/** A FHIR R4 service per relation: what was released in it to this organisation, as far as its patient's consent permits the caller now. */
export function newReleasedRoutes({ released, version }: ReleasedRoutesOptions): readonly Route[] {
  return newRelationFhirRoutes({
    root: '/fhir/released',
    access: { by: 'staff', roles: askingRoles },
    version,
    what: 'what was released',
    description: 'What was released to this organisation in one relation, decided anew at each request',
    security: 'A bearer token that the organisation signed, of the role that asks for the purpose of the release',
    open: (request, base) => Promise.resolve(openReleased(released, request, base)),
  });
}

function openReleased(released: ReleasedReader, { params: { relationRef }, caller }: RelationRequest, base: string): RelationChart {
  const scope = { relationRef, reader: readerOf(caller), base };
  return {
    search: (wish) => released.search(scope, wish),
    everything: ({ id, ...wish }) => released.search(scope, { ...wish, type: undefined, patient: id }),
    read: (type, id) => released.read(scope, type, id),
    history: (type, id) => released.readHistory(scope, type, id),
    readVersion: (type, id, versionId) => released.readVersion(scope, type, id, versionId),
  };
}
