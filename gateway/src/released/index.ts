export { OpenedReleases } from './opened-releases';
export { ReleasedReader, type ReleasedScope } from './released-reader';
export type { Reader } from './visible-records';
