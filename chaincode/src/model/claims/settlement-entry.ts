import { nullable, object, oneOf, text, type Parsed } from '../encoding/parser';
import { parseParticipant } from '../entry';
import { parseCommitment, parseSettlementId } from '../identifiers';
import { parseInstant } from '../instant';
import { settlementName } from './settlement-document';

const jws = text(/^[A-Za-z0-9_.-]{1,8192}$/, 'a compact JWS');

/** A statement that the insurer proposed, and the hospital signs. Counts with the attestations of both beside it. */
export const parseSettlementEntry = object({
  settlementId: parseSettlementId,
  ...settlementName,
  document: parseCommitment,
  previous: nullable(parseCommitment),
  /** The insurer's. */
  proposal: jws,
  by: parseParticipant,
  proposedAt: parseInstant,
  /** The hospital's; null until it has signed. */
  signature: nullable(jws),
  signedBy: nullable(parseParticipant),
  signedAt: nullable(parseInstant),
});
export type SettlementEntry = Parsed<typeof parseSettlementEntry>;

/** The payment of a statement. Counts with the attestations of both beside it. `paid` and `cleared` are those of HL7's payment status: the insurer says the first, the hospital the second. */
export const parsePaymentEntry = object({
  ...settlementName,
  document: parseCommitment,
  status: oneOf(['paid', 'cleared']),
  by: parseParticipant,
  paidAt: parseInstant,
  clearedBy: nullable(parseParticipant),
  clearedAt: nullable(parseInstant),
});
export type PaymentEntry = Parsed<typeof parsePaymentEntry>;
