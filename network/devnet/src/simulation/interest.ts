/** What endorsement planning must know of a transaction (peer.ChaincodeInterest, made in core/endorser/endorser.go). */
export interface ChaincodeCall {
  readonly name: string;
  /** Empty for the public part of the namespace. */
  readonly collections: readonly string[];
  /** Nothing of the collections was read: peers outside may endorse. */
  readonly noPrivateReads: boolean;
  /** No key needs the chaincode's own policy: the key policies replace it. */
  readonly disregardNamespacePolicy: boolean;
  /** Serialized common.SignaturePolicyEnvelope, one per written key that has one, empty where it was emptied. */
  readonly keyPolicies: readonly Uint8Array[];
}

export type Interest = readonly ChaincodeCall[];
