import { compartmentElementsOf, resourceTypes, type JsonObject } from '../fhir';
import { searchParametersOf } from '../fhir-rest';

export interface ReleasedStatementOptions {
  readonly base: string;
  readonly version: string;
  /** When the service began to be as it is. */
  readonly since: string;
}

/** What the service of a relation's releases does; the same for every relation, whether it exists or not. */
export function newReleasedStatement({ base, version, since }: ReleasedStatementOptions): JsonObject {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: since,
    kind: 'instance',
    software: { name: 'Medaccord gateway', version },
    implementation: { description: 'What was released to this organisation in one relation, decided anew at each request', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json', 'application/fhir+xml', 'xml'],
    rest: [
      {
        mode: 'server',
        security: { description: 'A bearer token that the organisation signed, of the role that asks for the purpose of the release' },
        resource: resourceTypes.filter((type) => type === 'Patient' || compartmentElementsOf(type).length > 0).map(newResource),
      },
    ],
  };
}

function newResource(type: string): JsonObject {
  return {
    type,
    interaction: ['read', 'vread', 'history-instance', 'search-type'].map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    searchParam: searchParametersOf(type).map((parameter) => ({ ...parameter })),
    ...(type === 'Patient'
      ? { operation: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }] }
      : {}),
  };
}
