import { resourceTypes, type JsonObject } from '../fhir';
import { searchParametersOf } from './search-parameters';

export const typeInteractions = ['read', 'vread', 'update', 'delete', 'history-instance', 'create', 'search-type'] as const;
export const systemInteractions = ['transaction', 'batch'] as const;
export type Interaction = (typeof typeInteractions)[number] | (typeof systemInteractions)[number];

export interface CapabilityOptions {
  readonly base: string;
  readonly version: string;
  /** When the service began to be as it is. */
  readonly since: string;
  /** What the routes carry out. */
  readonly interactions: readonly Interaction[];
}

/** What this service does (FHIR R4 capabilitystatement.html), made of its routes and the table of search parameters. */
export function newCapabilityStatement({ base, version, since, interactions }: CapabilityOptions): JsonObject {
  const isDone = (code: Interaction): boolean => interactions.includes(code);
  const interaction = typeInteractions.filter(isDone).map((code) => ({ code }));
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: since,
    kind: 'instance',
    software: { name: 'Medaccord gateway', version },
    implementation: { description: "The organisation's own records; every version is anchored on the ledger", url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        security: { description: 'A bearer token that the organisation signed; the role records reads and writes, clinician reads' },
        resource: resourceTypes.map((type) => newResource(type, interaction)),
        interaction: systemInteractions.filter(isDone).map((code) => ({ code })),
      },
    ],
  };
}

function newResource(type: string, interaction: { code: string }[]): JsonObject {
  return {
    type,
    interaction,
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'not-match',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    referencePolicy: ['literal', 'local'],
    searchParam: searchParametersOf(type).map(({ name, type: kind, documentation }) => ({ name, type: kind, documentation })),
  };
}
