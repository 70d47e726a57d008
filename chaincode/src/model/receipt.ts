import { integer, nullable, object, oneOf, text, type Parsed } from './encoding/parser';
import { parseCommitment, parseMspId, parseRelationRef, parseRequestId } from './identifiers';
import { parseInstant, parsePeriod } from './instant';
import { parsePurpose } from './purpose';

// What organisations sign about a release, each with its own signing key.

/** What accompanies a disclosure by law: HL7 v3 ActCode of the privacy law. 42 CFR 2.32: the records are not to be used or disclosed otherwise. */
const disclosureStatements = ['42CFRPart2'] as const;

/** The custodian's receipt of a release: what went to whom, on which consent and for what. It names nobody and no record, only commitments. */
export const parseDisclosureReceipt = object({
  relationRef: parseRelationRef,
  requestId: parseRequestId,
  custodian: parseMspId,
  counterparty: parseMspId,
  /** Who asked, and for what. */
  ask: parseCommitment,
  purpose: parsePurpose,
  /** The consent's scope: its document, which the counterparty holds, and its validity. */
  consent: object({ version: integer(1, 1_000_000), document: nullable(parseCommitment), validity: nullable(parsePeriod) }),
  rulesVersion: integer(1, 1_000_000),
  /** Records, versions and obligations. */
  records: parseCommitment,
  count: integer(1, 1_000_000),
  statement: oneOf(disclosureStatements),
  issuedAt: parseInstant,
});
export type DisclosureReceipt = Parsed<typeof parseDisclosureReceipt>;

/** Why a released copy is due for deletion. `narrowed`: a later version in force permits not all of it. `consent-ended`: by a registrar, on her word. */
export const deletionReasons = ['consent-revoked', 'relation-closed', 'expired', 'narrowed', 'time-box-ended', 'consent-ended'] as const;
const parseDeletionReason = oneOf(deletionReasons);
export type DeletionReason = Parsed<typeof parseDeletionReason>;

/** What is deleted: the counterparty's own copy, or what a redisclosure handed on. */
const parseDeletedCopy = text(/^(release|[A-Za-z0-9_-]{22,64})$/, '"release", or the id of a redisclosure');

/** What a deletion receipt and the entry that holds it both say. */
export const deletionFields = {
  relationRef: parseRelationRef,
  requester: parseMspId,
  requestId: parseRequestId,
  of: parseDeletedCopy,
  reason: parseDeletionReason,
  /** The version of the consent that ended it. */
  consentVersion: integer(1, 1_000_000),
  /** Delivered parts that are deleted. */
  parts: integer(0, 10_000),
  /** When the recipient of a redisclosure was told; null for the counterparty's own copy. */
  told: nullable(parseInstant),
  issuedAt: parseInstant,
};

/** The counterparty's receipt that a released copy is deleted, or that whoever it was redisclosed to was told to. */
export const parseDeletionReceipt = object(deletionFields);
export type DeletionReceipt = Parsed<typeof parseDeletionReceipt>;
