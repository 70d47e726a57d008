export { FhirError, fhirErrorCategories, type FhirErrorCode } from './fhir-error';
export { planImport, type PlannedResource, type PlanOptions } from './plan-import';
export type { IndexedResource, ResourceIndex } from './resource-index';
