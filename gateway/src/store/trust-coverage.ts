import { parseSigned, type CoverageEntry, type RelationEntry } from '@medaccord/chaincode/model';
import { statementVerifier } from './statement-verifier';

/**
 * A version of a coverage under terms that the patient signed, of this version or an earlier one; nothing otherwise. Whether the insurer
 * attested to it, its own peer tells (GetCoverages).
 */
export function trustCoverage(entry: CoverageEntry, { counterparty, keys }: RelationEntry): CoverageEntry | undefined {
  const signed = readStatement(entry.jws);
  if (signed === undefined || entry.insurer !== counterparty) return undefined;
  const { relationRef, coverageId, version } = signed.payload;
  if (relationRef !== entry.relationRef || coverageId !== entry.coverageId || version > entry.version) return undefined;
  return statementVerifier.isSignedBy(signed, keys.signing) ? entry : undefined;
}

function readStatement(jws: string): ReturnType<typeof parseSigned<'coverage'>> | undefined {
  try {
    return parseSigned('coverage', jws, 'coverage');
  } catch {
    return undefined;
  }
}
