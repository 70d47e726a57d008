export { anchorRecord, assertFollows, assertGroupTakes, type Anchoring, type AnchoringContext, type GroupPart } from './anchor-records';
export { assertDistinctGroups, assertDistinctRecords } from './assert-distinct-records';
export { endGroup, type GroupEnd } from './end-group';
export { setRecordStatus } from './set-record-status';
