import {
  coveragePreimage,
  coverageRef,
  parseCoverageDocument,
  parseJson,
  parseSigned,
  type CoverageDocument,
  type CoverageEntry,
  type CoverageId,
  type RelationRef,
} from '@medaccord/chaincode/model';
import { assertOpens } from '../crypto';
import type { Transactions } from '../ledger/transactions';
import { newError, readCode } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';

/** Every version of a coverage to which its insurer attests, the oldest first; none of one that is not there. */
export async function listCoverage(
  { transactions }: { readonly transactions: Pick<Transactions, 'evaluate'> },
  relationRef: RelationRef,
  coverageId: CoverageId,
): Promise<readonly CoverageEntry[]> {
  try {
    return (await transactions.evaluate('GetCoverages', { relationRef, coverageId })).coverages;
  } catch (error) {
    if (readCode(error) === 'COVERAGE_NOT_FOUND') return [];
    throw error;
  }
}

/** Where the terms of a version lie: those that its statement names, which may be an earlier one's. */
export function termsRefOf({ relationRef, coverageId, jws }: CoverageEntry): ReturnType<typeof coverageRef> {
  return coverageRef(relationRef, coverageId, parseSigned('coverage', jws, 'coverage').payload.version);
}

/** A coverage with its newest terms. */
export interface OpenedCoverage {
  readonly versions: readonly CoverageEntry[];
  readonly newest: CoverageEntry;
  readonly terms: CoverageDocument;
}

/** @throws CodedError RESOURCE_NOT_FOUND, also while the terms have not arrived */
export async function openCoverage(
  { transactions, sealed }: { readonly transactions: Pick<Transactions, 'evaluate'>; readonly sealed: SealedReader },
  relationRef: RelationRef,
  coverageId: CoverageId,
): Promise<OpenedCoverage> {
  const versions = await listCoverage({ transactions }, relationRef, coverageId);
  const newest = versions.at(-1);
  const text = newest && (await sealed.openText(termsRefOf(newest)));
  if (newest === undefined || text === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such coverage is known here in this relation');
  const terms = parseJson(parseCoverageDocument, text, 'coverage');
  await assertOpens(parseSigned('coverage', newest.jws, 'coverage').payload.document, coveragePreimage(terms));
  return { versions, newest, terms };
}
