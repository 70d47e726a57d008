import { integer, nullable, object, text, type Parsed } from './encoding/parser';
import { parseParticipant } from './entry';
import {
  parseCommitment,
  parseConsultationId,
  parseDigest,
  parseMspId,
  parseRedisclosureId,
  parseRelationRef,
  parseRequestId,
} from './identifiers';
import { parseInstant } from './instant';
import { parsePurpose } from './purpose';
import { deletionFields } from './receipt';
import { parseStaffRole } from './role';

// Public entries about what follows a release, and about who looked at a consent without asking for records.

/** That a copy is deleted, as the counterparty's receipt says it. */
export const parseDeletion = object({
  ...deletionFields,
  jws: text(/^[A-Za-z0-9_.-]+$/, 'a compact JWS'),
  by: parseParticipant,
  at: parseInstant,
});
export type Deletion = Parsed<typeof parseDeletion>;

/** That a counterparty passed released records on: a child of the release. To whom and which records stand in the opening, sealed. */
export const parseRedisclosure = object({
  relationRef: parseRelationRef,
  requester: parseMspId,
  requestId: parseRequestId,
  redisclosureId: parseRedisclosureId,
  recipient: parseCommitment,
  records: parseCommitment,
  count: integer(1, 1_000_000),
  purpose: parsePurpose,
  consentVersion: integer(1, 1_000_000),
  requestHash: parseDigest,
  by: parseParticipant,
  at: parseInstant,
});
export type Redisclosure = Parsed<typeof parseRedisclosure>;

/** That staff of a member looked at a consent, or ran it, without a request. `consultedAt` is that member's word. */
export const parseConsultation = object({
  relationRef: parseRelationRef,
  consultationId: parseConsultationId,
  mspId: parseMspId,
  role: parseStaffRole,
  /** Null: not stated. */
  purpose: nullable(parsePurpose),
  consultedAt: parseInstant,
  at: parseInstant,
});
export type Consultation = Parsed<typeof parseConsultation>;
