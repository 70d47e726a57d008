/** Codes of a Fabric CA that this one uses (fabric-ca/lib/caerrors/servererror.go). */
export const CaCode = {
  unknown: 0,
  methodNotAllowed: 1,
  noAuthorization: 2,
  emptyBody: 4,
  badBody: 5,
  notRevoker: 7,
  certificateNotFound: 8,
  certificateOfAnother: 9,
  revokedIdNotFound: 10,
  missingRevokeArguments: 15,
  affiliationUnknown: 16,
  caNotFound: 19,
  authenticationFailure: 20,
  noUserAndPassword: 21,
  invalidUser: 23,
  invalidPassword: 24,
  invalidToken: 25,
  untrustedCertificate: 26,
  certificateExpired: 27,
  certificateRevoked: 28,
  badRequest: 31,
  noGenCrl: 35,
  invalidRevokedAfter: 36,
  invalidExpireAfter: 37,
  attributeNotAllowed: 42,
  notRegistrar: 43,
  callerNotAffiliated: 44,
  gettingUser: 49,
  addIdentity: 52,
  removeIdentity: 56,
  modifyIdentity: 58,
  badBoolean: 57,
  notInDatabase: 63,
  alreadyRevoked: 66,
  authorizationFailure: 71,
  passwordAttempts: 73,
  alreadyRegistered: 74,
  mayNotRegister: 76,
  wrongCommonName: 77,
  missingAttribute: 78,
  badSubject: 80,
  invalidMaxEnrollments: 82,
} as const;

/** Code and reason as the log gets them. */
export interface LocalReason {
  readonly code: number;
  readonly message: string;
}

/** A request that the CA refuses. `message` and `code` go to the caller; `local` to the log, which may say more. */
export class CaRefusal extends Error {
  readonly local: LocalReason;

  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
    local: LocalReason = { code, message },
  ) {
    super(message);
    this.name = 'CaRefusal';
    this.local = local;
  }
}

/** The caller is not who it says. Every reason looks the same from outside (NewAuthenticationErr). */
export function newAuthenticationRefusal(localCode: number, local: string): CaRefusal {
  return new CaRefusal(401, CaCode.authenticationFailure, 'Authentication failure', { code: localCode, message: local });
}

/** The caller may not do this. Every reason looks the same from outside (NewAuthorizationErr). */
export function newAuthorizationRefusal(localCode: number, local: string): CaRefusal {
  return new CaRefusal(403, CaCode.authorizationFailure, 'Authorization failure', { code: localCode, message: local });
}
