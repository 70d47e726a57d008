import type { MspId } from '../identifiers';
import type { Jwk } from '../jwk';
import { isSameStatement } from '../signed';
import { readSigned } from './read-signed';
import type { StatementVerifier } from './trust-statement';

/** What a reader knows of the organisations that sign statements. */
export interface OfficialKeys {
  /** The signing keys that an organisation registered; empty for one that is not known. */
  readonly keysOf: (mspId: MspId) => readonly Jwk[];
  /** Whether the consortium's rules make it an authority. */
  readonly isAuthority: (mspId: MspId) => boolean;
}

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
  { keys: { keysOf, isAuthority }, verifier }: { readonly keys: OfficialKeys; readonly verifier: StatementVerifier },
): boolean {
  const signed = readSigned(kind, jws);
  if (signed === undefined || !keysOf(custodian).some((key) => verifier.isSignedBy(signed, key))) return false;
  const { confirmedBy } = signed.payload;
  if (confirmedBy === null || confirmation === null) return confirmedBy === confirmation;
  const confirmed = readSigned(kind, confirmation);
  if (confirmed === undefined || !isSameStatement(jws, confirmation)) return false;
  if (confirmedBy === custodian || !isAuthority(confirmedBy)) return false;
  return keysOf(confirmedBy).some((key) => verifier.isSignedBy(confirmed, key));
}
