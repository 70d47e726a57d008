/** A coverage, by the relation that it is of. */
export interface CoverageName {
  readonly relationRef: string;
  readonly coverageId: string;
}
