import { CodedError } from '../coded-error';

/** What can go wrong with a network as a whole, by stable code. */
export type DeploymentErrorCode =
  | 'NETWORK_RUNNING'
  | 'NETWORK_NOT_RUNNING'
  | 'NETWORK_UNREACHABLE'
  | 'RUN_FOLDER_FOREIGN'
  | 'NOT_BUILT'
  | 'RELEASE_OTHER'
  | 'NO_FREE_PORTS'
  | 'TOO_FEW_FILES'
  | 'DISK_FULL'
  | 'CLOCK_BEHIND'
  | 'JOIN_IMPOSSIBLE'
  | 'RELEASE_NOT_DEPLOYED';

export class DeploymentError extends CodedError<DeploymentErrorCode> {}
