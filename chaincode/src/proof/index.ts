export { approveStudy } from './approve-study';
export type { Attested } from './attested';
export { endReferral } from './end-referral';
export { endStudy } from './end-study';
export { registerReferral } from './register-referral';
