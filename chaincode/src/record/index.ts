export { anchorRecord, assertFollows, assertGroupTakes, type AnchoringContext, type StoredParts } from './anchor-records';
export { assertDistinctRecords } from './assert-distinct-records';
export { endGroup, type GroupEnd } from './end-group';
export {
  GroupNotAbandoned,
  GroupNotClosed,
  GroupNotFound,
  GroupNotOpen,
  GroupSizeWrong,
  RecordAlreadyAnchored,
  RecordNotFound,
  RecordNotOfSubject,
  RecordNotStored,
  RecordWithdrawn,
} from './record-errors';
export { setRecordStatus } from './set-record-status';
