/** A ledger's file cannot be opened. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
  readonly code = 'DEVNET_STORE_REFUSED';
  constructor(
    readonly path: string,
    problem: string,
  ) {
    super(`ledger file ${path} cannot be used: ${problem}`);
  }
}
