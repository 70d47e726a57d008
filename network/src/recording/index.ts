export { readFacts, readRecording } from './read-recording';
export { recordNetwork, type RecordedCounts, type RecordOptions } from './record-network';
export { FIELD, type RecordedField, type RecordedStatus, type RecordingFacts } from './recording';
export { openRecordingSource } from './recording-source';
export { RecordingUnreadable } from './recording-unreadable';
export { writeRecording } from './write-recording';
