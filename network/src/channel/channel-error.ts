import { CodedError } from '../coded-error';

/** What can go wrong with changes of a channel's configuration, by stable code. */
export type ChannelErrorCode =
  | 'CHANNEL_CHANGE_IMPOSSIBLE'
  | 'CHANNEL_CONFIGURATION_UNSOUND'
  | 'CHANNEL_FILE_INVALID'
  | 'CHANNEL_FILE_DIFFERS'
  | 'CHANNEL_KEY_MISSING'
  | 'CHANNEL_LEDGER_UNSUPPORTED'
  | 'CHANNEL_MATERIAL_UNFIT'
  | 'CHANNEL_NODE_NOT_JOINED'
  | 'CHANNEL_OUTCOME_UNKNOWN'
  | 'CHANNEL_OVERTAKEN'
  | 'CHANNEL_REFUSED'
  | 'CHANNEL_UNREACHABLE'
  | 'CHANNEL_UNSIGNED';

export class ChannelError extends CodedError<ChannelErrorCode> {}
