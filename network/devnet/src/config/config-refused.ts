/** A channel configuration, or a block that brings one, cannot be used. The message names the place. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';
  readonly code = 'DEVNET_CONFIG_REFUSED';
  constructor(
    readonly place: string,
    problem: string,
  ) {
    super(`${place}: ${problem}`);
  }
}
