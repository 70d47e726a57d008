import {
  coverageKey,
  parseCoverageEntry,
  parsePlanEntry,
  planKey,
  trustCoverage,
  type CoverageEntry,
  type CoverageId,
  type CoverageStatement,
  type MspId,
  type PlanEntry,
  type RelationEntry,
} from '../model';
import type { Ledger } from '../ledger';
import type { Attested } from '../proof';
import { statementVerifier } from '../signature';
import { attestedOf } from './attested';

/** A coverage of a relation; its versions count one by one. */
export interface CoverageOf {
  readonly relation: RelationEntry;
  readonly coverageId: CoverageId;
}

/** A version of a plan, attested by its insurer. */
export async function planOf(ledger: Ledger, insurer: MspId, planId: string, version: number): Promise<Attested<PlanEntry>> {
  const entry = await attestedOf(ledger, planKey(insurer, planId, version), { parse: parsePlanEntry, authorOf: () => insurer });
  if (entry === undefined || entry === 'junk') return entry;
  const isItself = entry.insurer === insurer && entry.planId === planId && entry.version === version;
  return isItself ? entry : 'junk';
}

/** A version of a coverage, attested by the relation's counterparty, on terms that the patient signed. */
export async function coverageOf(ledger: Ledger, of: CoverageOf, version: number): Promise<Attested<CoverageEntry>> {
  const { relation, coverageId } = of;
  const key = coverageKey(relation.relationRef, coverageId, version);
  const entry = await attestedOf(ledger, key, { parse: parseCoverageEntry, authorOf: () => relation.counterparty });
  if (entry === undefined || entry === 'junk') return entry;
  const isItself = entry.coverageId === coverageId && entry.version === version;
  return isItself && statementOf(entry, relation) !== undefined ? entry : 'junk';
}

/** What the patient signed of a version. */
export function statementOf(entry: CoverageEntry, relation: RelationEntry): CoverageStatement | undefined {
  return trustCoverage(entry, relation, statementVerifier);
}

/** The newest version before one that counts, and whether anything stands right before it. */
export async function coverageBefore(
  ledger: Ledger,
  of: CoverageOf,
  version: number,
): Promise<{ readonly previous: CoverageEntry | undefined; readonly isContinued: boolean }> {
  for (let before = version - 1; before > 0; before -= 1) {
    const entry = await coverageOf(ledger, of, before);
    if (entry === undefined) break;
    if (entry !== 'junk') return { previous: entry, isContinued: true };
    if (before === 1) return { previous: undefined, isContinued: true };
  }
  return { previous: undefined, isContinued: false };
}
