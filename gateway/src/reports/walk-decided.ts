import { setImmediate as yieldTurn } from 'node:timers/promises';
import { adjudicationRef, parseUtf8, type AdjudicationDocument, type AdjudicationEntry, type ClaimEntry } from '@medaccord/chaincode/model';
import { parseAdjudication } from '../claim-papers/read-chain';
import type { DecidedClaim, DecidedCoverage } from './decided-claim';
import type { Period, ReportOptions } from './report-options';

type Options = Pick<ReportOptions, 'mspId' | 'facts' | 'sealed'>;

/** Relations whose documents are held at once. */
const atOnce = 50;

/**
 * Every adjudication that this insurer made in a period, some coverages at a time: what is held in memory does not grow with the number of
 * claims, and others work in between.
 */
export async function* walkDecided(options: Options, period: Period): AsyncGenerator<readonly DecidedCoverage[]> {
  let refs = options.facts.claims.listRelations('', atOnce);
  while (refs.length > 0) {
    const entries: AdjudicationEntry[] = [];
    for (const relationRef of refs) {
      entries.push(...listMade(options, relationRef, period));
      await yieldTurn();
    }
    yield byCoverage(await openAll(options, entries));
    refs = options.facts.claims.listRelations(refs.at(-1) ?? '', atOnce);
  }
}

/** Days compare with instants as texts: each begins before every instant in it. */
function listMade({ facts }: Options, relationRef: string, { from, until }: Period): readonly AdjudicationEntry[] {
  return facts
    .list<AdjudicationEntry>('adjudication', relationRef)
    .filter(({ id, value }) => id !== value.claimId)
    .map(({ value }) => value)
    .filter(({ at }) => at !== null && at >= from && at < until);
}

async function openAll(options: Options, entries: readonly AdjudicationEntry[]): Promise<readonly DecidedClaim[]> {
  const refs = entries.map(({ relationRef, claimId, n }) => adjudicationRef(relationRef, claimId, n));
  const envelopes = await options.sealed.read(refs);
  const opened: DecidedClaim[] = [];
  for (const [at, entry] of entries.entries()) {
    const claim = options.facts.find<ClaimEntry>('claim', entry.relationRef, entry.claimId)?.value;
    if (claim?.insurer !== options.mspId) continue;
    // What does not open is told as such, and stops nothing else.
    const document = await openDocument(options, entry, envelopes[at]).catch(() => undefined);
    opened.push({ claim, entry, document });
  }
  return opened;
}

async function openDocument({ sealed }: Options, entry: AdjudicationEntry, envelope: string | undefined): Promise<AdjudicationDocument> {
  const { relationRef, claimId, n } = entry;
  const bytes = envelope === undefined ? undefined : await sealed.open(adjudicationRef(relationRef, claimId, n), envelope);
  return parseAdjudication(entry, bytes && parseUtf8(bytes));
}

/** What does not open has no place; it comes last. */
function byCoverage(all: readonly DecidedClaim[]): readonly DecidedCoverage[] {
  const coverages = new Map<string, DecidedClaim[]>();
  for (const one of all) {
    const name = `${one.claim.relationRef}/${one.claim.coverageId}`;
    coverages.set(name, [...(coverages.get(name) ?? []), one]);
  }
  const placeOf = ({ document }: DecidedClaim): number => document?.position ?? Number.MAX_SAFE_INTEGER;
  return [...coverages.values()].map((decided) => decided.sort((one, other) => placeOf(one) - placeOf(other)));
}
