/** A resource that the organisation holds already, in its current version. */
export type IndexedResource = {
  readonly type: string;
  readonly id: string;
  readonly recordId: string;
  readonly version: number;
  /** Whose record it is; null for a record without a subject. */
  readonly subjectRef: string | null;
  /** Withdrawn as entered in error: it is kept, and nothing more is made of it. */
  readonly isDeleted: boolean;
  /** The text of the current version, decrypted when it is needed. */
  readonly readText: () => Promise<string>;
};

/**
 * What planning an import needs to know of the organisation's own records. Ids and identifiers can be record numbers of people: an index
 * keeps keyed hashes of them, never the values.
 */
export type ResourceIndex = {
  /** The current version of a resource, deleted ones too, or undefined. */
  find(type: string, id: string): Promise<IndexedResource | undefined>;
  /** All resources of a type, but deleted ones, that carry an identifier token (see identifierTokensOf). */
  findByIdentifier(type: string, token: string): Promise<readonly IndexedResource[]>;
};
