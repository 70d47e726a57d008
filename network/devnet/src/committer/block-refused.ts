/** A block that is not the next one of this chain. Nothing of it is kept. */
export class BlockRefused extends Error {
  override readonly name = 'BlockRefused';
  readonly code = 'DEVNET_BLOCK_REFUSED';
  constructor(
    readonly block: number,
    problem: string,
  ) {
    super(`block ${String(block)} does not continue the chain: ${problem}`);
  }
}
