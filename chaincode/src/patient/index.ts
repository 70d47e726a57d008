export { assertDelay } from './assert-delay';
export { assertFresh } from './assert-fresh';
export { assertMayApprove } from './assert-may-approve';
export { registerPatient } from './register-patient';
export { replacePatientKeys } from './replace-patient-keys';
export { setPatientStatus, type StatusFacts } from './set-patient-status';
export { tracePatient } from './trace-patient';
