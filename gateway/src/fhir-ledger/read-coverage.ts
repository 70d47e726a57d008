import type { CoverageEntry, RelationEntry } from '@medaccord/chaincode/model';
import { listCoverage } from '../billing/read-coverage';
import { openTerms } from '../adjudication/open-coverage';
import type { JsonObject } from '../fhir';
import { formatCoverage } from '../fhir-claims';
import type { LedgerOptions } from './ledger-options';
import { openIfHere } from './open-if-here';

type Options = Omit<LedgerOptions, 'sealed'>;

/** The newest versions of the coverages of that name in relations of this organisation. */
export function findCoveragesNamed(options: Options, coverageId: string): CoverageEntry[] {
  const { facts } = options.store;
  const refs = facts.findCoverages(coverageId).map(({ ref }) => ref);
  return refs.filter((ref) => isOwn(options, ref)).flatMap((ref) => listCoverage(facts, ref, coverageId).at(-1) ?? []);
}

/** The newest versions of the coverages of a relation, if it is one of this organisation. */
export function listCoveragesOf(options: Options, relationRef: string): CoverageEntry[] {
  if (!isOwn(options, relationRef)) return [];
  const { facts } = options.store;
  const found = facts.list<CoverageEntry>('coverage', relationRef).map(({ value }) => value.coverageId);
  return [...new Set(found)].flatMap((coverageId) => listCoverage(facts, relationRef, coverageId).at(-1) ?? []);
}

function isOwn({ store: { facts }, mspId }: Options, relationRef: string): boolean {
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  return relation?.custodian === mspId || relation?.counterparty === mspId;
}

export async function presentCoverage(options: LedgerOptions, entry: CoverageEntry): Promise<JsonObject> {
  return formatCoverage(entry, await openIfHere(() => openTerms(options, entry)));
}
