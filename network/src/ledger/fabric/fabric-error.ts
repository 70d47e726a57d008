import { CodedError } from '../../coded-error';

/** What can go wrong with a ledger of Fabric's nodes, by stable code. */
export type FabricErrorCode =
  | 'FABRIC_GENESIS_FAILED'
  | 'FABRIC_GENESIS_MISSING'
  | 'FABRIC_GENESIS_DIFFERS'
  | 'FABRIC_MEMBER_UNKNOWN'
  | 'FABRIC_CHANNEL_DIFFERS'
  | 'FABRIC_CHANNEL_NOT_READY';

export class FabricError extends CodedError<FabricErrorCode> {}
