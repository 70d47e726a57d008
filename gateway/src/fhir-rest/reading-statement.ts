import { compartmentElementsOf, resourceTypes, type JsonObject } from '../fhir';
import { searchParametersOf } from './search-parameters';

export interface ReadingStatementOptions {
  readonly base: string;
  readonly version: string;
  /** When the service began to be as it is. */
  readonly since: string;
  /** What is read there. */
  readonly description: string;
  /** Who reads. */
  readonly security: string;
}

/** What a service of one relation does (FHIR R4 capabilitystatement.html): a patient's records are read. The same for every relation, whether it exists or not. */
export function newReadingStatement({ base, version, since, description, security }: ReadingStatementOptions): JsonObject {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: since,
    kind: 'instance',
    software: { name: 'Medaccord gateway', version },
    implementation: { description, url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json', 'application/fhir+xml', 'xml'],
    rest: [
      {
        mode: 'server',
        security: { description: security },
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
