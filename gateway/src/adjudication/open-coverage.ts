import {
  bindingRef,
  coveragePreimage,
  parseCoverageDocument,
  parseJson,
  parseSigned,
  type AccumulatorEntry,
  type CoverageDocument,
  type CoverageEntry,
  type CoverageId,
  type Organisation,
  type PlanEntry,
  type RelationEntry,
  type RelationRef,
  type SubjectRef,
  type TransactionResponse,
} from '@medaccord/chaincode/model';
import type { CoverageName } from '../claim-papers/coverage-name';
import { listPlans } from '../claim-papers/list-plans';
import { termsRefOf } from '../claim-papers/read-coverage';
import { assertOpens } from '../crypto';
import { readCode } from '../problem';
import { readSubject } from '../relation/read-subject';
import type { AdjudicationOptions } from './adjudication-options';

/** A coverage with all that its claims are decided by. */
export interface OpenedCoverage {
  readonly relation: RelationEntry;
  readonly hospital: Organisation;
  readonly coverageId: CoverageId;
  /** Every version that counts, the oldest first. */
  readonly versions: readonly CoverageEntry[];
  readonly newest: CoverageEntry;
  readonly terms: CoverageDocument;
  /** Compact JWS: whose relation it is. */
  readonly binding: string;
  readonly subjectRef: SubjectRef;
  /** Every version of the plan that it names, as this insurer attests to them. */
  readonly plans: readonly PlanEntry[];
  readonly accumulator: AccumulatorEntry;
}

type Options = Pick<AdjudicationOptions, 'facts' | 'mspId' | 'sealed' | 'transactions'>;

/** Opens a coverage of this insurer; nothing as long as its terms or the binding have not arrived, `unknown` where the ledger has none. */
export async function openCoverage(options: Options, name: CoverageName): Promise<OpenedCoverage | 'unknown' | undefined> {
  const known = await readVersions(options, name);
  const newest = known?.coverages.at(-1);
  if (known?.accumulator == null || newest === undefined) return 'unknown';
  const { coverages: versions, accumulator } = known;
  const terms = await openTerms(options, newest);
  const bound = await openRelation(options, name);
  if (terms === undefined || bound === undefined) return undefined;
  const plans = await listPlans(options, options.mspId, terms.planId);
  return { ...bound, coverageId: newest.coverageId, versions, newest, terms, plans, accumulator };
}

/** The versions of a coverage and how much of it is used, as the own peer has them; nothing where no version counts. */
export async function readVersions(
  { transactions }: Pick<Options, 'transactions'>,
  { relationRef, coverageId }: CoverageName,
): Promise<TransactionResponse<'GetCoverages'> | undefined> {
  const name = { relationRef: relationRef as RelationRef, coverageId: coverageId as CoverageId };
  try {
    return await transactions.evaluate('GetCoverages', name);
  } catch (error) {
    if (readCode(error) === 'COVERAGE_NOT_FOUND') return undefined;
    throw error;
  }
}

type Bound = Pick<OpenedCoverage, 'relation' | 'hospital' | 'binding' | 'subjectRef'>;

/** Between whom it is, and whose it is. */
async function openRelation({ facts, sealed }: Options, { relationRef }: CoverageName): Promise<Bound | undefined> {
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  const hospital = relation && facts.find<Organisation>('organisation', relation.custodian)?.value;
  if (relation === undefined || hospital === undefined) return undefined;
  const subjectRef = await readSubject(sealed, relation);
  const binding = await sealed.openText(bindingRef(relation.relationRef));
  return binding === undefined || subjectRef === undefined ? undefined : { relation, hospital, binding, subjectRef };
}

/** The terms of a version: those of the statement that it stands on. */
export async function openTerms(
  { sealed }: Pick<AdjudicationOptions, 'sealed'>,
  entry: CoverageEntry,
): Promise<CoverageDocument | undefined> {
  const text = await sealed.openText(termsRefOf(entry));
  if (text === undefined) return undefined;
  const terms = parseJson(parseCoverageDocument, text, 'terms');
  await assertOpens(parseSigned('coverage', entry.jws, 'coverage').payload.document, coveragePreimage(terms));
  return terms;
}
