import type { JsonObject } from '../fhir';

export interface StatementHead {
  readonly base: string;
  readonly version: string;
  /** When the service began to be as it is. */
  readonly since: string;
}

/** What every CapabilityStatement of a gateway begins with (FHIR R4 capabilitystatement.html). */
export function newStatementHead({ base, version, since }: StatementHead, description: string): JsonObject {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: since,
    kind: 'instance',
    software: { name: 'Medaccord gateway', version },
    implementation: { description, url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json', 'application/fhir+xml', 'xml'],
  };
}
