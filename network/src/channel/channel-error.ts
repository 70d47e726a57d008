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

/** `message` says what is the matter and where, `hint` the way out. */
export class ChannelError extends Error {
  readonly code: ChannelErrorCode;
  readonly hint: string | undefined;

  constructor(code: ChannelErrorCode, message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ChannelError';
    this.code = code;
    this.hint = hint;
  }
}
