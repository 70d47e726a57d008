export { assertDecidable } from './assert-decidable';
export { decideRelease, type RecordFacts, type ReleaseFacts } from './decide-release';
export { deliverRecords, type DeliveryFacts } from './deliver-records';
export { refuseAccess } from './refuse-access';
export { requestAccess } from './request-access';
