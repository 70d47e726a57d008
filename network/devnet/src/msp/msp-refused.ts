/** A channel configuration holds an MSP that cannot be used. The message names the MSP and the way out. */
export class MspRefused extends Error {
  override readonly name = 'MspRefused';
  readonly code = 'DEVNET_MSP_REFUSED';
  constructor(
    readonly mspId: string,
    problem: string,
  ) {
    super(`MSP ${mspId === '' ? '(without a name)' : mspId}: ${problem}`);
  }
}
