import { resourceTypes, type JsonObject } from '../fhir';
import { includesOf, parseInclude } from './parse-include';
import { searchParametersOf } from './search-parameters';
import { newStatementHead, type StatementHead } from './statement-head';

export const typeInteractions = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
] as const;
export const systemInteractions = ['transaction', 'batch', 'history-system'] as const;
export type Interaction = (typeof typeInteractions)[number] | (typeof systemInteractions)[number];

/** An operation (FHIR R4 operations.html): its name, its definition (by its name where R4 defines it), and who has it. */
export interface Operation {
  readonly name: string;
  readonly definition: string;
  readonly of: 'every-type' | 'system' | readonly string[];
}

export interface CapabilityOptions extends StatementHead {
  /** What the routes carry out. */
  readonly interactions: readonly Interaction[];
  readonly operations: readonly Operation[];
  /** Types that are served in a way of their own, as the statement tells them. */
  readonly others?: Readonly<Record<string, JsonObject>>;
  /** Where clients sign in, as `rest.security` tells it. */
  readonly security?: JsonObject;
}

/** What this service does (FHIR R4 capabilitystatement.html), made of its routes and the table of search parameters. */
export function newCapabilityStatement(options: CapabilityOptions): JsonObject {
  const { interactions, operations, others = {}, security = {} } = options;
  const isDone = (code: Interaction): boolean => interactions.includes(code);
  const interaction = typeInteractions.filter(isDone).map((code) => ({ code }));
  return {
    ...newStatementHead(options, "The organisation's own records; every version is anchored on the ledger"),
    patchFormat: ['application/json-patch+json'],
    rest: [
      {
        mode: 'server',
        security: { ...security, description: 'A bearer token; the role records reads and writes, physicians and nurses read' },
        resource: resourceTypes.map((type) => others[type] ?? newResource(type, interaction, operationsOf(operations, type))),
        interaction: systemInteractions.filter(isDone).map((code) => ({ code })),
        ...operationsOf(operations),
      },
    ],
  };
}

/** The operations of a type, or of the system; each once, however many routes it has. */
function operationsOf(operations: readonly Operation[], type?: string): JsonObject {
  const own = operations.filter(({ of }) =>
    type === undefined ? of === 'system' : of === 'every-type' || (of !== 'system' && of.includes(type)),
  );
  const named = new Map(
    own.map(({ name, definition }) => [
      name,
      { name, definition: definition.includes(':') ? definition : `http://hl7.org/fhir/OperationDefinition/${definition}` },
    ]),
  );
  return named.size === 0 ? {} : { operation: [...named.values()] };
}

function newResource(type: string, interaction: { code: string }[], operations: JsonObject): JsonObject {
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
    ...operations,
    searchInclude: [...includesOf(type)],
    searchRevInclude: revIncludesOf(type),
    searchParam: searchParametersOf(type).map(({ name, type: kind, documentation }) => ({ name, type: kind, documentation })),
  };
}

/** What may come along by referring to the type: to a patient whatever has one, and to everything its provenance. */
function revIncludesOf(type: string): string[] {
  const provenance = 'Provenance:target';
  return type === 'Patient'
    ? [...resourceTypes.map((other) => `${other}:patient`).filter((one) => parseInclude(one) !== undefined), provenance]
    : [provenance];
}
