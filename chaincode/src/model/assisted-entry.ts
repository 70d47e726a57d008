import { integer, object, type Parsed } from './encoding/parser';
import { parseNoticeChannel } from './assisted';
import { parseParticipant } from './entry';
import { parseActor, parseEndId, parseRelationRef } from './identifiers';
import { parseInstant } from './instant';

/** The patient was told of a version of her assisted consent. Counts only with the custodian's attestation beside it. */
export const parseConsentNotice = object({
  relationRef: parseRelationRef,
  version: integer(1, 1_000_000),
  channel: parseNoticeChannel,
  by: parseParticipant,
  /** As the witness's: who told her, a keyed hash of the custodian's gateway in this relation. */
  person: parseActor,
  at: parseInstant,
  /** Before this the version permits nothing. */
  effectiveAt: parseInstant,
});
export type ConsentNotice = Parsed<typeof parseConsentNotice>;

/** On the patient's word, without her signature: no version up to this one permits anything any more. */
export const parseConsentEnd = object({
  relationRef: parseRelationRef,
  endId: parseEndId,
  version: integer(1, 1_000_000),
  by: parseParticipant,
  at: parseInstant,
});
export type ConsentEnd = Parsed<typeof parseConsentEnd>;
