import { formatAppeal } from '../claims/appeal';
import type { AppealEntry } from '../claims/appeal-entry';
import type { RelationEntry } from '../entry';
import { readSigned } from './read-signed';
import type { StatementVerifier } from './trust-statement';

/** Tells whether the patient herself made an appeal that is hers: signed by the relation's key, and saying what the entry says. */
export function isAppealSigned(
  entry: AppealEntry,
  { relationRef, keys }: Pick<RelationEntry, 'relationRef' | 'keys'>,
  { isSignedBy }: StatementVerifier,
): boolean {
  const signed = entry.jws === null ? undefined : readSigned('appeal', entry.jws);
  if (signed === undefined || !isSignedBy(signed, keys.signing)) return false;
  const isOf = entry.party === 'patient' && entry.relationRef === relationRef;
  return isOf && formatAppeal(signed.payload) === formatAppeal(entry);
}
