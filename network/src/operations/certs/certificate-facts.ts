/** What a certificate is for. */
export type CertificatePurpose = 'root' | 'identity' | 'TLS' | 'consenter';

/** What is the matter with a certificate beside its age; `good`: nothing. */
export type CertificateCondition = 'good' | 'missing' | 'unreadable' | 'not yet valid' | 'not of its CA' | 'not of its key';

/** A certificate that the network depends on. */
export interface CertificateFacts {
  /** Name of the organisation, as in the topology. */
  readonly organisation: string;
  readonly purpose: CertificatePurpose;
  /** Whose it is: `CA`, `TLS CA`, `peer`, `orderer`, `admin`, `gateway`, `chaincode`. */
  readonly role: string;
  /** Where it is: a file, or the channel. */
  readonly place: string;
  readonly condition: CertificateCondition;
  /** Distinguished name on one line; undefined when the certificate cannot be read, as the next three. */
  readonly subject: string | undefined;
  /** Hexadecimal. */
  readonly serial: string | undefined;
  /** ISO 8601. */
  readonly expires: string | undefined;
  /** Whole days until it expires; negative: since it did. */
  readonly daysLeft: number | undefined;
  /** What renews it, for a person. */
  readonly renewedBy: string;
}

/** Whether somebody has to do something about it within so many days. */
export function isDue({ condition, daysLeft }: Pick<CertificateFacts, 'condition' | 'daysLeft'>, withinDays: number): boolean {
  return condition !== 'good' || daysLeft === undefined || daysLeft < withinDays;
}
