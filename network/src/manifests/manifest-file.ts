/** A rendered file, its path relative to the folder that is asked for. */
export interface ManifestFile {
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

export function newManifestFile(path: string, text: string): ManifestFile {
  return { path, text, executable: false };
}
