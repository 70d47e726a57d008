import type { KeyObject, X509Certificate } from 'node:crypto';

/** A signature that somebody claims: the bytes signed and the serialized identity (msp.SerializedIdentity) of the signer. */
export interface SignedData {
  readonly identity: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** An identity that its MSP accepts: the certificate chains to the MSP, is not revoked and carries exactly one NodeOU. */
export interface Identity {
  readonly mspId: string;
  readonly certificate: X509Certificate;
  readonly publicKey: KeyObject;
  /** MSP id and sha256 of the certificate: two identities with one id are the same signer. */
  readonly id: string;
  readonly expiresAt: Date;
  /** principal: serialized common.MSPPrincipal. */
  satisfies(principal: Uint8Array): boolean;
  /** ECDSA P-256 over sha256 of the message, DER, low S; false for anything else. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

export type IdentityProblem = 'malformed' | 'unknown-msp' | 'invalid-certificate';

export interface MspRegistry {
  /** serialized: msp.SerializedIdentity. A problem says why the identity is not accepted; mspId where it could be read. */
  identify(serialized: Uint8Array): Identity | { readonly problem: IdentityProblem; readonly mspId?: string };
}
