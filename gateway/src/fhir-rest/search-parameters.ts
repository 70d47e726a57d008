import { compartmentElementsOf } from '../fhir';
import { searchDefinitionsOf, searchedTypes, type SearchDefinition } from '../search';

/** A search parameter that finds resources, and the types that have it. */
export interface SearchParameter {
  readonly name: string;
  readonly type: 'token' | 'reference' | 'date' | 'string';
  readonly documentation: string;
  readonly isOf: (type: string) => boolean;
}

/** Types of FHIR R4 without a search parameter `identifier`. */
const withoutIdentifier = new Set(
  (
    'AdverseEvent AuditEvent Binary BiologicallyDerivedProduct CapabilityStatement CatalogEntry CompartmentDefinition GraphDefinition ' +
    'ImplementationGuide Linkage MedicationKnowledge MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient ' +
    'MedicinalProductInteraction MedicinalProductManufactured MedicinalProductUndesirableEffect MessageHeader NamingSystem ' +
    'ObservationDefinition OperationDefinition OperationOutcome Parameters Provenance SearchParameter Subscription SubscriptionStatus ' +
    'SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification ' +
    'TerminologyCapabilities VerificationResult'
  ).split(' '),
);
const withoutPatient = new Set(['AdverseEvent', 'Group', 'Schedule', 'SupplyRequest']);
/** Their parameter `subject` searches an element of another name. */
const otherSubjects = new Set(['EnrollmentRequest', 'SupplyRequest', 'Task']);

/** Search parameters that are found by a record's own names, patient and time. */
const ownParameters: readonly SearchParameter[] = [
  { name: '_id', type: 'token', documentation: 'The id; several by comma', isOf: () => true },
  {
    name: '_lastUpdated',
    type: 'date',
    documentation: 'When the version was anchored; prefixes eq, gt, ge, lt, le, sa, eb',
    isOf: () => true,
  },
  {
    name: 'identifier',
    type: 'token',
    documentation: '[system]|[value], [value] or |[value]; several by comma',
    isOf: (type) => !withoutIdentifier.has(type),
  },
  {
    name: 'patient',
    type: 'reference',
    documentation: "The records in a patient's compartment: [id] or Patient/[id]",
    isOf: (type) => compartmentElementsOf(type).length > 0 && !withoutPatient.has(type),
  },
  {
    name: 'subject',
    type: 'reference',
    documentation: "The records in a patient's compartment: Patient/[id] or [id]",
    isOf: (type) => compartmentElementsOf(type).includes('subject') || otherSubjects.has(type),
  },
];

const documentations: Readonly<Record<SearchDefinition['kind'], string>> = {
  token: '[code], [system]|[code], |[code] or [system]|; several by comma; :not',
  code: 'A code without its system; several by comma; :not',
  string: 'The beginning of a text, without case and accents; several by comma; :exact',
  date: 'Prefixes eq, ne, gt, lt, ge, le, sa, eb, ap; several by comma',
  dates: 'Prefixes eq, ne, gt, lt, ge, le, sa, eb, ap; several by comma',
  reference: '[type]/[id], [id] or a URL; several by comma; :[type]',
};
const types = { code: 'token', dates: 'date', token: 'token', string: 'string', date: 'date', reference: 'reference' } as const;

/** Every search parameter of a type that is implemented: searches are read by these tables, and the CapabilityStatement is made of them. */
export function searchParametersOf(type: string): readonly Omit<SearchParameter, 'isOf'>[] {
  const others = searchDefinitionsOf(type).map(({ name, kind }) => ({ name, type: types[kind], documentation: documentations[kind] }));
  return [...ownParameters.filter(({ isOf }) => isOf(type)), ...others];
}

/** Names of the search parameters of all types. */
export const searchParameterNames: readonly string[] = [
  ...new Set([
    ...ownParameters.map(({ name }) => name),
    ...searchedTypes.flatMap((type) => searchDefinitionsOf(type).map(({ name }) => name)),
  ]),
];
