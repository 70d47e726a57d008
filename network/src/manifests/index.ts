export type { ManifestFile } from './manifest-file';
export { renderManifests } from './render-manifests';
