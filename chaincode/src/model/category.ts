import { distinct, oneOf } from './encoding/parser';

/** What a patient can tell apart when she consents. */
export const ordinaryCategories = [
  'demographics',
  'encounters',
  'conditions',
  'allergies',
  'medications',
  'immunizations',
  'laboratory',
  'vital-signs',
  'imaging',
  'procedures',
  'reports',
  'care-plans',
  'documents',
  'social-history',
  'devices',
  'claims',
  'administration',
  'other',
] as const;

/** Categories that are released only where a permit names them. */
const sensitiveCategories = ['hiv', 'psychiatry', 'substance-use', 'sexual-health', 'domestic-violence', 'genetics'] as const;

export const categories = [...ordinaryCategories, ...sensitiveCategories] as const;
export type Category = (typeof categories)[number];
export type SensitiveCategory = (typeof sensitiveCategories)[number];

export const parseCategory = oneOf(categories);
export const parseCategories = distinct(parseCategory, 1, categories.length);

/** Tells whether a category needs a permit that names it. */
export function isSensitive(category: Category): category is SensitiveCategory {
  return (sensitiveCategories as readonly string[]).includes(category);
}

/** FHIR R4 resource type to category; types that are not listed are `other`. */
const categoryOfType: Readonly<Record<string, Category>> = {
  Patient: 'demographics',
  RelatedPerson: 'demographics',
  Person: 'demographics',
  Encounter: 'encounters',
  EpisodeOfCare: 'encounters',
  Appointment: 'encounters',
  AppointmentResponse: 'encounters',
  Flag: 'conditions',
  Condition: 'conditions',
  ClinicalImpression: 'conditions',
  DetectedIssue: 'conditions',
  AdverseEvent: 'conditions',
  FamilyMemberHistory: 'social-history',
  AllergyIntolerance: 'allergies',
  Medication: 'medications',
  MedicationRequest: 'medications',
  MedicationStatement: 'medications',
  MedicationAdministration: 'medications',
  MedicationDispense: 'medications',
  Immunization: 'immunizations',
  ImmunizationEvaluation: 'immunizations',
  ImmunizationRecommendation: 'immunizations',
  Specimen: 'laboratory',
  ImagingStudy: 'imaging',
  Media: 'imaging',
  BodyStructure: 'imaging',
  Procedure: 'procedures',
  ServiceRequest: 'procedures',
  DeviceRequest: 'devices',
  DeviceUseStatement: 'devices',
  Device: 'devices',
  DiagnosticReport: 'reports',
  CarePlan: 'care-plans',
  CareTeam: 'care-plans',
  Goal: 'care-plans',
  NutritionOrder: 'care-plans',
  RiskAssessment: 'care-plans',
  RequestGroup: 'care-plans',
  VisionPrescription: 'care-plans',
  Composition: 'documents',
  DocumentReference: 'documents',
  DocumentManifest: 'documents',
  Consent: 'documents',
  QuestionnaireResponse: 'documents',
  MolecularSequence: 'genetics',
  Claim: 'claims',
  ClaimResponse: 'claims',
  Coverage: 'claims',
  CoverageEligibilityRequest: 'claims',
  CoverageEligibilityResponse: 'claims',
  ExplanationOfBenefit: 'claims',
  EnrollmentRequest: 'claims',
  ChargeItem: 'claims',
  Account: 'claims',
  Invoice: 'claims',
  Organization: 'administration',
  OrganizationAffiliation: 'administration',
  Practitioner: 'administration',
  PractitionerRole: 'administration',
  Location: 'administration',
  HealthcareService: 'administration',
  Endpoint: 'administration',
  Schedule: 'administration',
  Slot: 'administration',
  Provenance: 'administration',
  Task: 'administration',
  Communication: 'administration',
  CommunicationRequest: 'administration',
};

/** Observation.category code (http://terminology.hl7.org/CodeSystem/observation-category) to category. */
const categoryOfObservation: Readonly<Record<string, Category>> = {
  laboratory: 'laboratory',
  'vital-signs': 'vital-signs',
  imaging: 'imaging',
  procedure: 'procedures',
  survey: 'social-history',
  'social-history': 'social-history',
  exam: 'conditions',
  therapy: 'procedures',
  activity: 'vital-signs',
};

/**
 * The category of a FHIR R4 resource of a type. Observations are told apart by their category codes (the first known one counts),
 * all other types by the type alone.
 */
export function categoryOf(resourceType: string, observationCategories: readonly string[] = []): Category {
  if (resourceType === 'Observation') {
    const known = observationCategories.find((code) => Object.hasOwn(categoryOfObservation, code));
    return known === undefined ? 'other' : (categoryOfObservation[known] ?? 'other');
  }
  return Object.hasOwn(categoryOfType, resourceType) ? (categoryOfType[resourceType] ?? 'other') : 'other';
}
