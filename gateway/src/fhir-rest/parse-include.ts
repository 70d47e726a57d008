import { compartmentElementsOf, isResourceType } from '../fhir';
import { findSearchDefinition, searchDefinitionsOf } from '../search';
import { searchParametersOf } from './search-parameters';

/** References that are followed, or come back: `[type]:[parameter]:[target]`. */
export interface Include {
  /** Whose references they are. */
  readonly type: string;
  readonly parameter: string;
  readonly paths: readonly (readonly string[])[];
  readonly target: string | undefined;
}

/** Elements that the parameters `patient` and `subject` are of. */
const ofPatient = ['subject', 'patient', 'beneficiary'];

/** What an include says; nothing when it says what is not implemented. */
export function parseInclude(value: string): Include | undefined {
  const [type = '', parameter = '', target, ...more] = value.split(':');
  if (more.length > 0 || (target !== undefined && !isResourceType(target))) return undefined;
  if (isPatientParameter(type, parameter)) return { type, parameter, paths: patientPathsOf(type), target: target ?? targetOf(parameter) };
  const definition = findSearchDefinition(type, parameter);
  return definition?.kind === 'reference' ? { type, parameter, paths: definition.paths, target } : undefined;
}

function targetOf(parameter: string): string | undefined {
  return parameter === 'patient' ? 'Patient' : undefined;
}

/** Whether a parameter is found by the patient whose record something is. */
export function isPatientParameter(type: string, parameter: string): boolean {
  const isIts = searchParametersOf(type).some(({ name }) => name === parameter);
  return isIts && ['patient', 'subject'].includes(parameter) && patientPathsOf(type).length > 0;
}

function patientPathsOf(type: string): (readonly string[])[] {
  return compartmentElementsOf(type)
    .filter((element) => ofPatient.includes(element))
    .map((element) => [element]);
}

/** Every include of a type, as the CapabilityStatement lists them. */
export function includesOf(type: string): readonly string[] {
  const references = searchDefinitionsOf(type).filter(({ kind }) => kind === 'reference');
  const patients = ['patient', 'subject'].filter((name) => isPatientParameter(type, name));
  return [...patients, ...references.map(({ name }) => name)].map((name) => `${type}:${name}`);
}
