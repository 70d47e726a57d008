import {
  accumulatorKey,
  coverageKey,
  newError,
  parseAccumulatorEntry,
  parseCoverageEntry,
  parseSigned,
  type AccumulatorEntry,
  type CoverageEntry,
  type TransactionRequest,
  type TransactionResponse,
} from '../model';
import { recordCoverage } from '../coverage';
import { single, type Ledger } from '../ledger';
import { coverageBefore, coverageOf } from './coverage-facts';
import { participantOf, relationOf, rulesOf, sealForGood } from './facts';
import { entryOf } from './attested';

/** Records a version under a policy of all members. With the first, what is used begins, under the insurer's own policy. */
export async function recordCoverageDesk(ledger: Ledger, request: TransactionRequest<'RecordCoverage'>): Promise<CoverageEntry> {
  const { relationRef, coverageId, version } = request;
  const signed = parseSigned('coverage', request.coverage, 'request.coverage');
  const relation = await relationOf(ledger, relationRef);
  const rules = await rulesOf(ledger);
  const of = { relation, coverageId };
  const standing = await coverageOf(ledger, of, version);
  const { previous, isContinued } = await coverageBefore(ledger, of, version);
  const [by, at] = [participantOf(ledger.caller), ledger.now];
  const entry = recordCoverage(request, signed, { relation, rules, standing, previous, isContinued }, { by, at });
  if (entry === standing) return entry;
  const key = coverageKey(relationRef, coverageId, version);
  await ledger.write(key, entry);
  await ledger.attest(entry.insurer, key, entry);
  await sealForGood(ledger, rules, [key]);
  if (previous === undefined) await beginAccumulator(ledger, { relationRef, coverageId, position: 0, used: null, at });
  ledger.emit({ name: 'CoverageRecorded', ids: { relationRef, coverageId, version } });
  return entry;
}

async function beginAccumulator(ledger: Ledger, entry: AccumulatorEntry, insurer = ledger.caller.mspId): Promise<void> {
  const key = accumulatorKey(entry.relationRef, entry.coverageId);
  await ledger.write(key, entry);
  await ledger.protect(key, single(insurer));
}

/** The versions that count, in their order. */
export async function getCoveragesDesk(
  ledger: Ledger,
  { relationRef, coverageId }: TransactionRequest<'GetCoverages'>,
): Promise<TransactionResponse<'GetCoverages'>> {
  const relation = await relationOf(ledger, relationRef);
  const listed = await ledger.list('coverage', [relationRef, coverageId], parseCoverageEntry);
  const coverages: CoverageEntry[] = [];
  for (const { version } of listed) {
    const entry = entryOf(await coverageOf(ledger, { relation, coverageId }, version));
    if (entry !== undefined) coverages.push(entry);
  }
  if (coverages.length === 0) throw newError('COVERAGE_NOT_FOUND', { relationRef, coverageId });
  coverages.sort((one, other) => one.version - other.version);
  return { coverages, accumulator: (await ledger.read(accumulatorKey(relationRef, coverageId), parseAccumulatorEntry)) ?? null };
}
