/** An organisation's peer as it signs. */
export interface Signer {
  /** Serialized msp.SerializedIdentity. */
  readonly identity: Uint8Array;
  /** ECDSA over sha256 of the message: DER, low S. */
  sign(message: Uint8Array): Uint8Array;
}
