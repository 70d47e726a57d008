import type { CoverageEntry } from '../claims/claim-entry';
import type { RelationEntry } from '../entry';
import type { CoverageStatement } from '../signed-payload';
import { readSigned } from './read-signed';
import type { StatementVerifier } from './trust-statement';

/**
 * The statement by which the patient agreed to the terms of a version; nothing when the version has none of hers, or is not of the
 * relation's insurer. That the insurer attests to the version is not told by this.
 */
export function trustCoverage(
  { relationRef, coverageId, version, insurer, jws }: CoverageEntry,
  relation: Pick<RelationEntry, 'relationRef' | 'counterparty' | 'keys'>,
  { isSignedBy }: StatementVerifier,
): CoverageStatement | undefined {
  const signed = readSigned('coverage', jws);
  if (signed === undefined || !isSignedBy(signed, relation.keys.signing)) return undefined;
  if (relationRef !== relation.relationRef || insurer !== relation.counterparty) return undefined;
  const { payload } = signed;
  return payload.relationRef === relationRef && payload.coverageId === coverageId && payload.version <= version ? payload : undefined;
}
