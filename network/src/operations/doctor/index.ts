export { newDoctorSettings } from './default-settings';
export { examine } from './examine';
export { isHealthy, type CheckName, type CheckReport, type Finding, type Judgement, type Severity, type Unseen } from './finding';
export type { DoctorSettings } from './scene';
