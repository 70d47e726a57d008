/** What of a block two copies of a chain have to have in common. Hashes in hex. */
export interface BlockDigest {
  readonly number: number;
  readonly header: string;
  readonly data: string;
  /** undefined: no peer validated this copy. */
  readonly codes: string | undefined;
  readonly commitHash: string | undefined;
  /** Nothing was found against it. */
  readonly isProved: boolean;
}
