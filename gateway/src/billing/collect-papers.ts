import {
  adjudicationRef,
  claimRef,
  parseAdjudicationDocument,
  parseClaimBody,
  parseCoverageDocument,
  parseJson,
  parseUtf8,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimBody,
  type ClaimEntry,
  type CoverageEntry,
  type SealedRef,
} from '@medaccord/chaincode/model';
import { listDrawn } from '../claim-papers/list-drawn';
import { listPlans } from '../claim-papers/list-plans';
import { listCoverage, termsRefOf } from '../claim-papers/read-coverage';
import type { AdjudicationPapers, OtherAdjudication } from '../claims';
import type { Transactions } from '../ledger/transactions';
import type { SealedReader } from '../sealed/sealed-reader';
import type { AdjudicatedRow, AdjudicatedTable, Facts } from '../store';
import { listAdjudications } from './standing-claim';

export interface PapersOptions {
  readonly facts: Facts;
  readonly sealed: SealedReader;
  readonly transactions: Pick<Transactions, 'evaluate'>;
  readonly adjudicated: AdjudicatedTable;
}

/** What an adjudication is checked with; `missing`: something has not arrived yet; `unreadable`: what arrived is no document. */
export async function collectPapers(
  options: PapersOptions,
  entry: AdjudicationEntry,
): Promise<AdjudicationPapers | 'missing' | 'unreadable'> {
  const { relationRef, claimId, coverageVersion } = entry;
  const claim = options.facts.find<ClaimEntry>('claim', relationRef, claimId)?.value;
  if (claim === undefined) return 'missing';
  const versions = await listCoverage(options, relationRef, claim.coverageId);
  const current = versions[(coverageVersion ?? 0) - 1];
  // A version that is not there will not come: it stands before any adjudication by it.
  const opened = current === undefined ? 'unreadable' : await openDocuments(options.sealed, entry, current);
  if (opened === undefined) return 'missing';
  if (opened === 'unreadable') return opened;
  if (isDrawnAwaited(options, entry, opened.body)) return 'missing';
  return { ...opened, claim, versions, entry, ...(await collectEntries(options, claim, opened)) };
}

/** What else of the ledger and of earlier adjudications the check looks at. */
async function collectEntries(
  options: PapersOptions,
  { relationRef, insurer }: ClaimEntry,
  { document, body, terms }: Opened,
): Promise<Pick<AdjudicationPapers, 'plans' | 'others' | 'reversing'>> {
  const { facts } = options;
  const { reversedBy } = document;
  const isAuthorized = body.lines.some(({ authorization }) => authorization !== undefined);
  return {
    plans: await listPlans(options, insurer, terms.planId),
    others: listOthers(options, document, isAuthorized),
    reversing: reversedBy === null ? undefined : facts.find<ClaimEntry>('claim', relationRef, reversedBy)?.value,
  };
}

type Opened = Pick<AdjudicationPapers, 'document' | 'body' | 'terms'>;

/**
 * Whether an earlier adjudication of a preauthorization that the claim draws on has not been worked out: without its document nobody can tell
 * what was authorized, and documents come in any order.
 */
function isDrawnAwaited({ facts, adjudicated }: PapersOptions, { relationRef, claimId, at }: AdjudicationEntry, body: ClaimBody): boolean {
  const drawn = listDrawn([{ body }]).filter((id) => id !== claimId);
  const earlier = drawn.flatMap((id) => listAdjudications(facts, relationRef, id)).filter((one) => (one.at ?? '') < (at ?? ''));
  return earlier.some((one) => adjudicated.find(one) === undefined);
}

/** Nothing as long as one of them is not here. */
async function openDocuments(
  sealed: SealedReader,
  { relationRef, claimId, n }: AdjudicationEntry,
  coverage: CoverageEntry,
): Promise<Opened | 'unreadable' | undefined> {
  const places = [adjudicationRef(relationRef, claimId, n), claimRef(relationRef, claimId), termsRefOf(coverage)];
  const envelopes = await sealed.read(places);
  if (envelopes.includes(undefined)) return undefined;
  try {
    const [document, body, terms] = await Promise.all(places.map((place, at) => openText(sealed, place, envelopes[at] ?? '')));
    return {
      document: parseJson(parseAdjudicationDocument, document ?? '', 'document'),
      body: parseJson(parseClaimBody, body ?? '', 'body'),
      terms: parseJson(parseCoverageDocument, terms ?? '', 'coverage'),
    };
  } catch {
    return 'unreadable';
  }
}

async function openText(sealed: SealedReader, place: SealedRef, envelope: string): Promise<string | undefined> {
  return parseUtf8(await sealed.open(place, envelope));
}

/** Those that the check looks at: where authorizations are drawn on, all. */
function listOthers(options: PapersOptions, document: AdjudicationDocument, isAuthorized: boolean): OtherAdjudication[] {
  const { adjudicated } = options;
  const { relationRef, coverageId, claimId, n, position } = document;
  const near = isAuthorized
    ? adjudicated.list(relationRef, coverageId)
    : [
        ...adjudicated.listAt(relationRef, coverageId, position - 1),
        ...adjudicated.listAt(relationRef, coverageId, position),
        ...[adjudicated.find({ relationRef, claimId, n: n - 1 })].flatMap((row) => row ?? []),
      ];
  return near.filter((row) => row.claimId !== claimId || row.n !== n).flatMap((row) => openOther(options, row));
}

/** An adjudication as it is kept; nothing for one that could not be read. */
export function openOther(
  { facts }: Pick<PapersOptions, 'facts'>,
  { relationRef, claimId, n, document }: AdjudicatedRow,
): OtherAdjudication[] {
  const use = facts.find<ClaimEntry>('claim', relationRef, claimId)?.value.use;
  if (use === undefined || document === '') return [];
  const status = facts.find<AdjudicationEntry>('adjudication', relationRef, `${claimId}/${String(n)}`)?.value.status;
  return [{ document: parseJson(parseAdjudicationDocument, document, 'document'), use, isProposed: status === 'proposed' }];
}
