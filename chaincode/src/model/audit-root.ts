import { integer, object, text, type Parsed } from './encoding/parser';
import { parseAuditLogId, parseDigest, parseMspId } from './identifiers';
import { parseInstant } from './instant';

/** The name of a root: whose, of which log, and its number there: 1, 2, 3, ... */
export const auditRootName = { mspId: parseMspId, log: parseAuditLogId, number: integer(1, 9_999_999) };

const fields = {
  ...auditRootName,
  /** Entries that the root is over: the first so many of the log. */
  size: integer(1, Number.MAX_SAFE_INTEGER),
  /** Size of the root before; 0 for the first. */
  previousSize: integer(0, Number.MAX_SAFE_INTEGER),
  /** Merkle tree hash (RFC 6962 section 2.1) of those entries. */
  root: parseDigest,
  issuedAt: parseInstant,
};

/** An organisation says how far its audit log goes; signed by the organisation's signing key. It names nobody. */
export const parseAuditRootStatement = object(fields);
export type AuditRootStatement = Parsed<typeof parseAuditRootStatement>;

/** A root as it stands on the ledger. */
export const parseAuditRoot = object({ ...fields, jws: text(/^[A-Za-z0-9_.-]+$/, 'a compact JWS'), at: parseInstant });
export type AuditRoot = Parsed<typeof parseAuditRoot>;
