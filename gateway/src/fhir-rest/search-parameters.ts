import { compartmentElementsOf } from '../fhir';

/** A search parameter that finds resources, and the types that have it. */
export interface SearchParameter {
  readonly name: string;
  readonly type: 'token' | 'reference' | 'date';
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

/** Every search parameter that is implemented: searches are read by this table, and the CapabilityStatement is made of it. */
export const searchParameters: readonly SearchParameter[] = [
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
