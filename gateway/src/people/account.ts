import type { StaffRole } from '@medaccord/chaincode/model';

/** What a person may be; `gateway` is no person. */
export type AccountRole = Exclude<StaffRole, 'gateway'>;

/** What an operator says about a member of staff. */
export interface AccountDetails {
  /** Goes into tokens as the subject; never changed and never given to another person. */
  readonly userName: string;
  readonly role: AccountRole;
  readonly department: string | null;
  readonly teams: readonly string[] | null;
  /** The departments whose patients the person reads about here; null: the whole house. */
  readonly reach: readonly string[] | null;
  /** `Practitioner/<id>`: the resource that stands for the person, for SMART's fhirUser. */
  readonly practitioner: string | null;
}

/** A passkey (a WebAuthn credential): the public half of a key that her device, or its keychain, holds. */
export interface Passkey {
  /** The credential's id, base64url. */
  readonly id: string;
  /** What she calls it. */
  readonly name: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** How often it has signed, as far as it counts: never less than before. */
  readonly counter: number;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly usedAt: number | null;
}

/** A member of staff who can sign in here. */
export interface Account extends AccountDetails {
  readonly active: boolean;
  /** Argon2id, in PHC form; null where the person has chosen none. */
  readonly password: string | null;
  /** Secret of the authenticator application, base32. */
  readonly secret: string;
  /** The newest time step of which a code was taken: none is taken twice. */
  readonly lastStep: number;
  /** None of accounts that are older than passkeys. */
  readonly passkeys?: readonly Passkey[];
  /** What lets the person choose how to sign in, once: its SHA-256, and until when, in milliseconds. */
  readonly invitation: { readonly hash: string; readonly until: number } | null;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly changedAt: number;
}
