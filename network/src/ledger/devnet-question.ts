import type { ChaincodeRelease } from './ledger-engine';

/** What the supervisor asks the devnet's process. */
export type DevnetQuestion =
  | { readonly verb: 'deploy'; readonly release: ChaincodeRelease }
  /** Take in the members that the topology file has in addition. */
  | { readonly verb: 'admit' };
