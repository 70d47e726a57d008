import { compartmentElementsOf, resourceTypes, type JsonObject } from '../fhir';
import { searchParametersOf } from './search-parameters';
import { newStatementHead, type StatementHead } from './statement-head';

export interface ReadingStatementOptions extends StatementHead {
  /** What is read there. */
  readonly description: string;
  /** Who reads. */
  readonly security: string;
}

/** What a service of one relation does (FHIR R4 capabilitystatement.html): a patient's records are read. The same for every relation, whether it exists or not. */
export function newReadingStatement(options: ReadingStatementOptions): JsonObject {
  const { description, security } = options;
  return {
    ...newStatementHead(options, description),
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
