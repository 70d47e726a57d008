export { registerPatient } from './register-patient';
export { replacePatientKeys } from './replace-patient-keys';
export { tracePatient } from './trace-patient';
