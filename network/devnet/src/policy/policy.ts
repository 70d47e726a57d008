import type { SignedData } from '../msp/identity';

export interface PolicyVerdict {
  readonly satisfied: boolean;
  /** For people, after the verdict: which part held and which did not. Never part of a rule. */
  readonly explanation: string;
}

/** A block's or proposal's signatures against the channel's policies (Fabric: common/policies, common/cauthdsl). */
export interface PolicyManager {
  /** reference: absolute, as /Channel/Application/Writers. An unknown reference is not satisfied. */
  evaluate(reference: string, signatures: readonly SignedData[]): PolicyVerdict;
  /** envelope: serialized common.SignaturePolicyEnvelope. */
  evaluateEnvelope(envelope: Uint8Array, signatures: readonly SignedData[]): PolicyVerdict;
  /** policy: serialized peer.ApplicationPolicy (signature policy or channel reference). */
  evaluateApplicationPolicy(policy: Uint8Array, signatures: readonly SignedData[]): PolicyVerdict;
  /**
   * The signature policy envelopes a reference comes down to, for planning: one entry per alternative way is NOT expanded here;
   * a signature policy is itself, an implicit meta policy is the n-of combination of its children as one envelope.
   */
  resolve(reference: string): Uint8Array | undefined;
}
