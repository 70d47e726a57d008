/** Height of a transaction in the chain: the version Fabric gives to what it wrote. */
export interface Version {
  readonly block: number;
  readonly tx: number;
}
