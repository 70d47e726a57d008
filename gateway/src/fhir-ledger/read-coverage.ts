import { coveredDays, type CoverageEntry, type RelationEntry } from '@medaccord/chaincode/model';
import { openTerms } from '../adjudication/open-coverage';
import { listCoverage } from '../claim-papers/read-coverage';
import type { JsonObject } from '../fhir';
import { formatCoverage } from '../fhir-claims';
import type { LedgerOptions } from './ledger-options';
import { openIfHere } from './open-if-here';

type Options = Omit<LedgerOptions, 'sealed'>;

/** The newest versions of the coverages of that name in relations of this organisation. */
export async function findCoveragesNamed(options: Options, coverageId: string): Promise<CoverageEntry[]> {
  const found = options.store.facts.findCoverages(coverageId).map(({ value }) => value);
  return newestOf(
    options,
    found.filter(({ relationRef }) => isOwn(options, relationRef)),
  );
}

/** The newest versions of the coverages of a relation, if it is one of this organisation. */
export async function listCoveragesOf(options: Options, relationRef: string): Promise<CoverageEntry[]> {
  if (!isOwn(options, relationRef)) return [];
  const versions = options.store.facts.list<CoverageEntry>('coverage', relationRef).map(({ value }) => value);
  return newestOf(options, [...new Map(versions.map((one) => [one.coverageId, one])).values()]);
}

/** As far as the insurer attests to them. */
async function newestOf(options: Options, coverages: readonly CoverageEntry[]): Promise<CoverageEntry[]> {
  const listed = await Promise.all(coverages.map(({ relationRef, coverageId }) => listCoverage(options, relationRef, coverageId)));
  return listed.flatMap((versions) => versions.at(-1) ?? []);
}

function isOwn({ store: { facts }, mspId }: Options, relationRef: string): boolean {
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  return relation?.custodian === mspId || relation?.counterparty === mspId;
}

export async function presentCoverage(options: LedgerOptions, entry: CoverageEntry): Promise<JsonObject> {
  const terms = await openIfHere(() => openTerms(options, entry));
  if (terms === undefined || entry.status === 'active') return formatCoverage(entry, terms);
  return formatCoverage(entry, terms, coveredDays(terms, await listCoverage(options, entry.relationRef, entry.coverageId)));
}
