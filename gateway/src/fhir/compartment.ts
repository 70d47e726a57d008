import { isObject, type JsonObject, type JsonValue } from './json-value';

/**
 * The Patient compartment of FHIR R4 (https://hl7.org/fhir/R4/compartmentdefinition-patient.html): for each type the elements whose
 * references put a resource into a patient's compartment (the definition names search parameters; these are the elements they search).
 */
const COMPARTMENT: Readonly<Record<string, readonly string[]>> = {
  Account: ['subject'],
  AdverseEvent: ['subject'],
  AllergyIntolerance: ['patient', 'recorder', 'asserter'],
  Appointment: ['participant.actor'],
  AppointmentResponse: ['actor'],
  AuditEvent: ['agent.who', 'entity.what'],
  Basic: ['subject', 'author'],
  BodyStructure: ['patient'],
  CarePlan: ['subject', 'activity.detail.performer'],
  CareTeam: ['subject', 'participant.member'],
  ChargeItem: ['subject'],
  Claim: ['patient', 'payee.party'],
  ClaimResponse: ['patient'],
  ClinicalImpression: ['subject'],
  Communication: ['subject', 'sender', 'recipient'],
  CommunicationRequest: ['subject', 'sender', 'recipient', 'requester'],
  Composition: ['subject', 'author', 'attester.party'],
  Condition: ['subject', 'asserter'],
  Consent: ['patient'],
  Coverage: ['policyHolder', 'subscriber', 'beneficiary', 'payor'],
  CoverageEligibilityRequest: ['patient'],
  CoverageEligibilityResponse: ['patient'],
  DetectedIssue: ['patient'],
  DeviceRequest: ['subject', 'performer'],
  DeviceUseStatement: ['subject'],
  DiagnosticReport: ['subject'],
  DocumentManifest: ['subject', 'author', 'recipient'],
  DocumentReference: ['subject', 'author'],
  Encounter: ['subject'],
  EnrollmentRequest: ['candidate'],
  EpisodeOfCare: ['patient'],
  ExplanationOfBenefit: ['patient', 'payee.party'],
  FamilyMemberHistory: ['patient'],
  Flag: ['subject'],
  Goal: ['subject'],
  Group: ['member.entity'],
  ImagingStudy: ['subject'],
  Immunization: ['patient'],
  ImmunizationEvaluation: ['patient'],
  ImmunizationRecommendation: ['patient'],
  Invoice: ['subject', 'recipient'],
  List: ['subject', 'source'],
  MeasureReport: ['subject'],
  Media: ['subject'],
  MedicationAdministration: ['subject', 'performer.actor'],
  MedicationDispense: ['subject', 'receiver'],
  MedicationRequest: ['subject'],
  MedicationStatement: ['subject'],
  MolecularSequence: ['patient'],
  NutritionOrder: ['patient'],
  Observation: ['subject', 'performer'],
  Person: ['link.target'],
  Procedure: ['subject', 'performer.actor'],
  Provenance: ['target'],
  QuestionnaireResponse: ['subject', 'author'],
  RelatedPerson: ['patient'],
  RequestGroup: ['subject', 'action.participant'],
  ResearchSubject: ['individual'],
  RiskAssessment: ['subject'],
  Schedule: ['actor'],
  ServiceRequest: ['subject', 'performer'],
  Specimen: ['subject'],
  SupplyDelivery: ['patient'],
  SupplyRequest: ['deliverTo'],
  Task: ['for', 'focus'],
  VisionPrescription: ['patient'],
};

/** A reference and where it stands in its resource. */
export type PlacedReference = { readonly reference: string; readonly path: string };

/** The elements that put a resource of a type into a patient's compartment; none for a type outside it. */
export function compartmentElementsOf(type: string): readonly string[] {
  return Object.hasOwn(COMPARTMENT, type) ? (COMPARTMENT[type] ?? []) : [];
}

/** The references by which a resource belongs to a patient's compartment; what they refer to may also be somebody else than a patient. */
export function compartmentReferencesOf(type: string, resource: JsonObject): PlacedReference[] {
  return compartmentElementsOf(type).flatMap((path) => referencesAt(resource, path.split('.'), ''));
}

function referencesAt(value: JsonValue | undefined, path: readonly string[], place: string): PlacedReference[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => referencesAt(item, path, `${place}[${String(at)}]`));
  if (!isObject(value)) return [];
  const [name, ...rest] = path;
  if (name !== undefined) return referencesAt(value[name], rest, place === '' ? name : `${place}.${name}`);
  const { reference } = value;
  return typeof reference === 'string' ? [{ reference, path: place }] : [];
}
