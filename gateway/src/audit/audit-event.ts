/** FHIR R4 valueset-audit-event-action.html: create, read, update, delete, execute. */
export type AuditAction = 'C' | 'R' | 'U' | 'D' | 'E';

/** What is written down of people's data, with its action. The names of FHIR's interactions are those of FHIR R4 (http.html). */
export const auditEvents = {
  read: 'R',
  vread: 'R',
  history: 'R',
  search: 'E',
  create: 'C',
  update: 'U',
  delete: 'D',
  transaction: 'E',
  operation: 'E',
  export: 'R',
  import: 'C',
  /** Whether somebody may see something was asked or decided. */
  decision: 'E',
  /** Records went to another organisation, or came from one. */
  disclosure: 'R',
  /** A consent, a delegation or what stands beside them was made or changed. */
  consent: 'C',
  /** An emergency that somebody declared was looked at or reviewed. */
  'break-glass': 'E',
  /** A patient's registration, keys or status were made or changed. */
  registration: 'C',
  /** An account of staff, or a registered application, was made, changed or looked at. */
  account: 'E',
  /** Somebody signed in or out, or an application was given tokens. */
  login: 'E',
  logout: 'E',
  token: 'E',
} as const satisfies Readonly<Record<string, AuditAction>>;

export type AuditEvent = keyof typeof auditEvents;

/** What a route writes down. `none`: it tells nothing of a person but what the ledger shows to everybody, and decides about nobody. */
export type Audited = AuditEvent | 'none';
