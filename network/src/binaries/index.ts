export { digestFile } from './archive-digests';
export { BinariesError, type BinariesErrorCode } from './binaries-error';
export { describeFabricBinaries } from './describe-fabric-binaries';
export { findFabricBinaries, findInstalledFabric, lookForFabric, type WantedFabric } from './find-fabric-binaries';
export { ACCEPTED_VERSIONS, isAcceptedVersion } from './fabric-version';
export type { FabricBinaries, FabricWay, ProgramPaths } from './fabric-programs';
export type { DownloadLimits, FabricSurroundings, SearchOptions } from './fabric-surroundings';
