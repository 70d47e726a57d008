/** An attribute of an identity; with `ecert` it goes into every certificate unless the request names others. */
export interface IdentityAttribute {
  readonly name: string;
  readonly value: string;
  readonly ecert?: boolean | undefined;
}

/** An identity as the CA keeps it. */
export interface IdentityRecord {
  readonly id: string;
  readonly type: string;
  /** Path from the root, parts joined by dots; empty at the root. */
  readonly affiliation: string;
  readonly attributes: readonly IdentityAttribute[];
  /** -1: unlimited. */
  readonly maxEnrollments: number;
  /** Enrolments so far; -1: revoked. */
  readonly state: number;
  readonly secretHash: string;
  /** Wrong secrets since the last right one. */
  readonly failedAttempts: number;
}

/** Attributes that a Fabric CA gives a meaning (fabric-ca/lib/attr/attribute.go). */
export const Hf = {
  roles: 'hf.Registrar.Roles',
  delegateRoles: 'hf.Registrar.DelegateRoles',
  attributes: 'hf.Registrar.Attributes',
  revoker: 'hf.Revoker',
  intermediateCa: 'hf.IntermediateCA',
  genCrl: 'hf.GenCRL',
  affiliationManager: 'hf.AffiliationMgr',
  enrollmentId: 'hf.EnrollmentID',
  type: 'hf.Type',
  affiliation: 'hf.Affiliation',
} as const;

/** The value of an attribute, undefined where the identity does not have it. */
export function attributeOf(attributes: readonly IdentityAttribute[], name: string): string | undefined {
  return attributes.find((attribute) => attribute.name === name)?.value;
}

/** Reads a boolean as Go's strconv.ParseBool does; undefined for anything else. */
export function parseGoBoolean(text: string | undefined): boolean | undefined {
  if (text === undefined) {
    return undefined;
  }
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) {
    return true;
  }
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : undefined;
}
