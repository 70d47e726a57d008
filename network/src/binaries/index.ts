export { digestFile } from './archive-digests';
export { BinariesError, type BinariesErrorCode } from './binaries-error';
export { describeFabricBinaries } from './describe-fabric-binaries';
export { findFabricBinaries, findInstalledFabric, type WantedFabric } from './find-fabric-binaries';
export type { FabricBinaries, FabricWay, ProgramPaths } from './fabric-programs';
export type { DownloadLimits, FabricSurroundings, SearchOptions } from './fabric-surroundings';
