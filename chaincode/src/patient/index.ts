export { PatientAlreadyRegistered, PatientHistoryBroken, PatientKeysOutdated, PatientNotFound } from './patient-errors';
export { registerPatient } from './register-patient';
export { replacePatientKeys } from './replace-patient-keys';
export { tracePatient } from './trace-patient';
