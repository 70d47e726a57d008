import type { ChaincodeRelease } from './ledger-engine';

/** What the supervisor asks the devnet's process. */
export interface DevnetQuestion {
  readonly verb: 'deploy';
  readonly release: ChaincodeRelease;
}
