/**
 * Every failure to decrypt, whatever its reason, is this one error with this one message, so that nobody learns from the answer which
 * check failed (RFC 7516 section 11.5 gives the same advice for JWE).
 */
export class DecryptFailed extends Error {
  readonly code = 'DECRYPT_FAILED';
  constructor() {
    super('The envelope could not be opened.');
    this.name = 'DecryptFailed';
  }
}

/** A signature, its header or the form of its payload is not what was asked for. */
export class SignatureInvalid extends Error {
  readonly code = 'SIGNATURE_INVALID';
  constructor() {
    super('The signature is not valid.');
    this.name = 'SignatureInvalid';
  }
}

/** A commitment does not open to the bytes at hand: they are not the ones that were committed to. */
export class CommitmentMismatch extends Error {
  readonly code = 'COMMITMENT_MISMATCH';
  constructor() {
    super('The bytes are not the ones committed to.');
    this.name = 'CommitmentMismatch';
  }
}
