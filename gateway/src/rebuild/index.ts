export { newReader } from './new-reader';
export { rebuildReadModel, type RebuildOptions, type RebuildProgress } from './rebuild-read-model';
