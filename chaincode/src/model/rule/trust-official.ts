import type { MspId } from '../identifiers';
import { isSameStatement } from '../signed';
import { readSigned } from './read-signed';
import type { PatientVerifier } from './recovery-steps';

/** A statement as custodian and, where it names one, an authority signed it. */
export interface OfficialStatement {
  readonly jws: string;
  readonly confirmation: string | null;
}

/** Tells whether the custodian signed a statement, and the authority that it names signed the same: neither is enough where both are asked. */
export function isOfficial(
  kind: 'delegation' | 'patient-status',
  { jws, confirmation }: OfficialStatement,
  custodian: MspId,
  { isSignedBy, signingKeysOf, isAuthority }: PatientVerifier,
): boolean {
  const signed = readSigned(kind, jws);
  if (signed === undefined || !signingKeysOf(custodian).some((key) => isSignedBy(signed, key))) return false;
  const { confirmedBy } = signed.payload;
  if (confirmedBy === null || confirmation === null) return confirmedBy === confirmation;
  const confirmed = readSigned(kind, confirmation);
  if (confirmed === undefined || !isSameStatement(jws, confirmation)) return false;
  if (confirmedBy === custodian || !isAuthority(confirmedBy)) return false;
  return signingKeysOf(confirmedBy).some((key) => isSignedBy(confirmed, key));
}
