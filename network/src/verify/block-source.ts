/** A block as a source has it: under its number, and not yet looked at. */
export interface SourcedBlock {
  readonly number: number;
  /** Serialized common.Block. */
  readonly bytes: Uint8Array;
}

/** Where the blocks of one channel come from. */
export interface BlockSource {
  /** For people. */
  readonly name: string;
  /** In ascending order from a number to the newest that there is when it begins; what is missing is left out. @throws VerifyError */
  blocks(from: number): AsyncIterable<SourcedBlock>;
  /** undefined: the source does not have it. @throws VerifyError */
  block(number: number): Promise<Uint8Array | undefined>;
  close(): void;
}
