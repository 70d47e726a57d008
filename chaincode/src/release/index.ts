export { assertDecidable } from './assert-decidable';
export { decideRelease, type RecordFacts, type ReleaseFacts } from './decide-release';
export { deleteRelease, type DeletionFacts } from './delete-release';
export { deliverRecords, type DeliveryFacts } from './deliver-records';
export { rediscloseRecords, sameRedisclosure } from './redisclose-records';
export { refuseAccess } from './refuse-access';
export { requestAccess } from './request-access';
