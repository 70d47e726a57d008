import { CodedError } from '../coded-error';

/** What can go wrong while a network is looked after, by stable code. */
export type OperationsErrorCode =
  | 'NODE_NOT_BACK'
  | 'BACKUP_NEEDS_FABRIC'
  | 'BACKUP_RUNNING'
  | 'BACKUP_EXISTS'
  | 'BACKUP_INCOMPLETE'
  | 'BACKUP_NOTHING_THERE'
  | 'BACKUP_NO_ROOM'
  | 'BACKUP_UNREADABLE'
  | 'BACKUP_PASSPHRASE_WRONG'
  | 'BACKUP_DAMAGED'
  | 'BACKUP_OF_ANOTHER'
  | 'BACKUP_WOULD_OVERWRITE'
  | 'PASSPHRASE_UNFIT'
  | 'RULES_FILE_INVALID'
  | 'RULES_OVERTAKEN'
  | 'RULES_UNAPPROVED';

export class OperationsError extends CodedError<OperationsErrorCode> {}
