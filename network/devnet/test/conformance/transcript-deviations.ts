/** A recorded request that the devnet answers otherwise, on purpose. */
export interface Deviation {
  /** Number of the step in the transcript, from 1. */
  readonly case: number;
  readonly reason: string;
  /** Where the recorded behaviour is described. */
  readonly rule: string;
}

/** None: what differs between two runs of one network is normalised (see the recording's README), the rest is equal. */
export const TRANSCRIPT_DEVIATIONS: readonly Deviation[] = [];
