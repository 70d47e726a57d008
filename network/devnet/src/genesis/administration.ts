import type { Ledger } from '../store/ledger';
import type { Member } from './config-groups';

/** What the verbs that change a channel work with. */
export interface Administration {
  readonly ledger: Ledger;
  /** Everyone in the channel whose nodes the devnet plays. */
  readonly members: readonly Member[];
  /** Serialized Envelope of the newest configuration transaction. */
  configEnvelope(): Uint8Array;
  /** Orders an envelope; the number of its block, or undefined when ordering dropped it. */
  place(envelope: Uint8Array): Promise<number | undefined>;
}
