/** Every problem that the devnet reports about its own use (never a client's transaction: those get Fabric's statuses). */
export type DevnetErrorCode =
  | 'DEVNET_CONSORTIUM_INVALID'
  | 'DEVNET_CONSORTIUM_DIFFERS'
  | 'DEVNET_POLICY_INVALID'
  | 'DEVNET_IDENTITY_INVALID'
  | 'DEVNET_CONFIG_REFUSED'
  | 'DEVNET_LIFECYCLE_REFUSED'
  | 'DEVNET_FOLDER_IN_USE'
  | 'DEVNET_PORT_BUSY'
  | 'DEVNET_LEDGER_STOPPED'
  | 'DEVNET_CLOSED'
  | 'DEVNET_SWITCHES_OFF'
  | 'DEVNET_CONTROL_REFUSED'
  | 'DEVNET_UNKNOWN_TRANSACTION'
  | 'DEVNET_UNKNOWN_ORGANISATION'
  | 'DEVNET_EXPORT_FAILED';

/** `message` names the place and the way out; `details` are facts for programs. */
export class DevnetError extends Error {
  override readonly name = 'DevnetError';

  constructor(
    readonly code: DevnetErrorCode,
    message: string,
    readonly details: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
  }
}
