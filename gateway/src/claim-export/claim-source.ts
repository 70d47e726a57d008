import { formatJson } from '../fhir';
import { fhirIdOf } from '../fhir-claims';
import { formatLines, formatUnread, isPassing, type ExportPage, type ExportSource } from '../fhir-export';
import { findClaimEntries, formatPapers, openPapers, type LedgerOptions } from '../fhir-ledger';
import { newLanes } from '../ledger/lanes';
import type { ClaimPlace, ClaimQuery, ListedClaim } from '../store';
import { csvHead, formatClaimRow, type ExportedClaim } from './claim-csv';

export const claimFormats = ['csv', 'fhir'] as const;

/** What a clerk asks to be exported. */
export interface ClaimExportRequest {
  readonly types: readonly ['Claim'];
  readonly format: (typeof claimFormats)[number];
  readonly query: ClaimQuery;
  /** Where the resources of a Bundle are read. */
  readonly base: string;
}

const perPage = 50;
/** Claims opened at once. */
const atOnce = 8;

/** The claims that this organisation can open, each once, in the order of their submission: rows of CSV, or entries of FHIR Bundles. */
export function newClaimSource(options: LedgerOptions): ExportSource<ClaimExportRequest, ClaimPlace> {
  return {
    readPage: ({ request, after }) => readPage(options, request, after ?? undefined),
    listDeletions: () => Promise.resolve([]),
    formatFile: ({ format }, kind, lines) => {
      if (kind === 'error') return formatLines(lines);
      return format === 'csv' ? csvHead + lines.join('') : `{"resourceType":"Bundle","type":"collection","entry":[${lines.join(',')}]}`;
    },
  };
}

async function readPage(
  options: LedgerOptions,
  request: ClaimExportRequest,
  start: ClaimPlace | undefined,
): Promise<ExportPage<ClaimPlace>> {
  const { claims, next } = options.store.facts.claims.list(request.query, { order: 'submittedAt', start, most: perPage });
  const lane = newLanes(atOnce);
  const read = await Promise.all(claims.map((listed) => lane(() => readLine(options, request, listed))));
  return { lines: read.flatMap(({ line }) => line ?? []), errors: read.flatMap(({ error }) => error ?? []), after: next };
}

async function readLine(
  options: LedgerOptions,
  { format, base }: ClaimExportRequest,
  listed: ListedClaim,
): Promise<{ readonly line?: string; readonly error?: string }> {
  try {
    const entries = findClaimEntries(options, listed);
    const claim = { listed, entries, papers: await openPapers(options, entries) };
    return { line: format === 'csv' ? formatClaimRow(claim) : formatEntries(claim, base) };
  } catch (error) {
    if (isPassing(error)) throw error;
    return { error: formatUnread(`Claim/${fhirIdOf(listed.claimId)}`, error) };
  }
}

/** The claim and its insurer's answer. */
function formatEntries({ listed, entries, papers }: ExportedClaim, base: string): string {
  return (['Claim', 'ClaimResponse'] as const)
    .map((type) => formatJson({ fullUrl: `${base}/${type}/${fhirIdOf(listed.claimId)}`, resource: formatPapers(type, entries, papers) }))
    .join(',');
}
