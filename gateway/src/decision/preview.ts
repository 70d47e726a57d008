import { formatInstant, parseConsentDocument, parsePeriod, type ConsentSet, type Instant, type Purpose } from '@medaccord/chaincode/model';
import { newError } from '../problem';
import { previewConsent, type Preview } from './preview-consent';
import { detailsOf, isWithdrawn, loadStanding, type StandingOptions } from './standing';

/** A draft as it comes from a wallet, not checked yet. */
export interface DraftWish {
  readonly sets: unknown;
  readonly validity?: unknown;
  readonly purposes?: readonly Purpose[] | undefined;
}

export interface RelationPreview extends Preview {
  readonly relationRef: string;
  readonly counterparty: string;
  /** The version that stands now. */
  readonly consentVersion: number;
  readonly at: Instant;
}

/**
 * Previews a draft over what this organisation, the custodian, holds of the relation's patient. Writes and keeps nothing.
 * @throws RequestInvalid when the draft could not be signed; CodedError RELATION_UNKNOWN, NOT_THE_CUSTODIAN, BINDING_MISSING
 */
export async function previewDraft(options: StandingOptions, relationRef: string, wish: DraftWish): Promise<RelationPreview> {
  const { mspId, facts, index } = options;
  const sets = parseSets(relationRef, wish.sets);
  const validity = wish.validity === undefined || wish.validity === null ? null : parsePeriod(wish.validity, 'body.validity');
  const standing = await loadStanding(options, relationRef);
  const { relation, subjectRef, consent } = standing;
  if (relation.custodian !== mspId)
    throw newError('NOT_THE_CUSTODIAN', 'The records of this relation are at another organisation: ask there');
  if (subjectRef === undefined) throw newError('BINDING_MISSING', 'Whose relation this is has not arrived here, or does not hold');
  const records = index
    .listSubject(subjectRef)
    .filter(({ recordId }) => !isWithdrawn(facts, mspId, recordId))
    .map((record) => ({ ...detailsOf(record), version: record.version }));
  const now = formatInstant(Date.now());
  const draft = { sets, validity, ...(wish.purposes === undefined ? {} : { purposes: wish.purposes }) };
  const { counterparty } = relation;
  return { relationRef, counterparty, consentVersion: consent.version, at: now, ...previewConsent({ standing, draft, records, now }) };
}

/** Only what a document could hold is previewed. */
function parseSets(relationRef: string, sets: unknown): readonly ConsentSet[] {
  return parseConsentDocument({ relationRef, version: 1, salt: 'A'.repeat(22), sets }, 'body').sets;
}
