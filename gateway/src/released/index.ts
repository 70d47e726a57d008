export { OpenedReleases } from './opened-releases';
export { ReleasedReader, type ReleasedScope } from './released-reader';
export { newReleasedStatement } from './released-statement';
