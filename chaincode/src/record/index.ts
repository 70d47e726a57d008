export { anchorRecord, assertFollows, assertGroupTakes, type AnchoringContext, type StoredParts } from './anchor-records';
export { assertDistinctRecords } from './assert-distinct-records';
export { endGroup, type GroupEnd } from './end-group';
export { setRecordStatus } from './set-record-status';
