import {
  coveragePreimage,
  coverageRef,
  parseCoverageDocument,
  parseJson,
  parseSigned,
  type CoverageDocument,
  type CoverageEntry,
} from '@medaccord/chaincode/model';
import { assertOpens } from '../crypto';
import { newError } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts } from '../store';

/** Every version of a coverage up to the first gap, the oldest first. */
export function listCoverage(facts: Facts, relationRef: string, coverageId: string): CoverageEntry[] {
  const versions: CoverageEntry[] = [];
  for (;;) {
    const next = facts.find<CoverageEntry>('coverage', relationRef, `${coverageId}/${String(versions.length + 1)}`)?.value;
    if (next === undefined) return versions;
    versions.push(next);
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
  { facts, sealed }: { readonly facts: Facts; readonly sealed: SealedReader },
  relationRef: string,
  coverageId: string,
): Promise<OpenedCoverage> {
  const versions = listCoverage(facts, relationRef, coverageId);
  const newest = versions.at(-1);
  const text = newest && (await sealed.openText(termsRefOf(newest)));
  if (newest === undefined || text === undefined) throw newError('RESOURCE_NOT_FOUND', 'No such coverage is known here in this relation');
  const terms = parseJson(parseCoverageDocument, text, 'coverage');
  await assertOpens(parseSigned('coverage', newest.jws, 'coverage').payload.document, coveragePreimage(terms));
  return { versions, newest, terms };
}
