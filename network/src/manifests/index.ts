export type { ManifestFile } from './manifest-file';
export { compareManifests, writeManifests, type FolderDifference } from './manifest-folder';
export { renderManifests } from './render-manifests';
