/** Where Fabric's binaries may be on this machine, as the command line read it from its environment. */
export interface FabricSurroundings {
  /** A folder that the operator names (MEDACCORD_FABRIC_BIN); then no other place counts. */
  readonly folder: string | undefined;
  /** The folders of PATH. */
  readonly path: readonly string[];
  /** The project's cache, absolute; binaries are in `fabric/<version>/bin` below it. */
  readonly cache: string;
  /** A URL or a file in the place of the official release archive (MEDACCORD_FABRIC_ARCHIVE). */
  readonly archive: string | undefined;
  /** SHA-256 (hex) that the archive must have (MEDACCORD_FABRIC_SHA256). */
  readonly sha256: string | undefined;
}

/** How a caller follows a search: a download takes minutes. */
export interface SearchOptions {
  /** A line for a person, a few times in a minute. */
  readonly tell?: (text: string) => void;
  readonly limits?: Partial<DownloadLimits>;
}

export interface DownloadLimits {
  /** From asking to the first byte of the answer, redirections included. */
  readonly connectMs: number;
  /** Without a byte. */
  readonly stallMs: number;
  /** Before an interrupted download goes on; as often as there are numbers. */
  readonly retryDelaysMs: readonly number[];
}
