/** What can go wrong with a ledger of Fabric's nodes, by stable code. */
export type FabricErrorCode = 'FABRIC_GENESIS_FAILED' | 'FABRIC_CHANNEL_DIFFERS' | 'FABRIC_CHANNEL_NOT_READY';

/** `message` says what is the matter, `hint` the way out. */
export class FabricError extends Error {
  readonly code: FabricErrorCode;
  readonly hint: string;

  constructor(code: FabricErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FabricError';
    this.code = code;
    this.hint = hint;
  }
}
