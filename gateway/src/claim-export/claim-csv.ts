import { paidBy, type ClaimBody } from '@medaccord/chaincode/model';
import { formatMoney } from '../claims';
import type { ClaimEntries, ClaimPapers } from '../fhir-ledger';
import type { ListedClaim } from '../store';
import { formatCsvRow } from './csv';

/** A claim with everything that is told of it. */
export interface ExportedClaim {
  readonly listed: ListedClaim;
  readonly entries: ClaimEntries;
  readonly papers: ClaimPapers;
}

/** Money is in decimal text; what cannot be opened is empty. */
const columns: Readonly<Record<string, (claim: ExportedClaim) => string>> = {
  relation: ({ listed }) => listed.relationRef,
  claim: ({ listed }) => listed.claimId,
  use: ({ entries }) => entries.claim.use,
  related: ({ entries }) => entries.claim.related?.claimId ?? '',
  type: ({ papers }) => papers.body?.type ?? '',
  coverage: ({ listed }) => listed.coverageId,
  hospital: ({ listed }) => listed.hospital,
  submitted: ({ listed }) => listed.submittedAt,
  status: ({ listed }) => listed.status,
  flags: ({ listed }) => listed.flags.join(' '),
  services: ({ papers }) => listServices(papers.body),
  currency: ({ papers }) => papers.body?.currency ?? '',
  charged: ({ papers }) => (papers.body === undefined ? '' : findCharged(papers.body)),
  paid: findPaid,
  decided: ({ entries }) => entries.adjudication.at ?? '',
  manner: ({ entries }) => entries.adjudication.manner ?? '',
};

export const csvHead = formatCsvRow(Object.keys(columns));

export function formatClaimRow(claim: ExportedClaim): string {
  return formatCsvRow(Object.values(columns).map((column) => column(claim)));
}

/** The relations and claims of a file of such rows: both are ids of the ledger, which are never quoted. */
export function readClaimNames(text: string): readonly { readonly relationRef: string; readonly claimId: string }[] {
  const names = text.matchAll(/^'?([A-Za-z0-9_-]{22,64}),'?([A-Za-z0-9_-]{22,64}),/gm);
  return [...names].map(([, relationRef = '', claimId = '']) => ({ relationRef, claimId }));
}

function listServices(body: ClaimBody | undefined): string {
  return [...new Set(body?.lines.map(({ service }) => service.code))].join(' ');
}

function findCharged({ lines, currency }: ClaimBody): string {
  return formatMoney(
    lines.reduce((sum, { charge }) => sum + charge, 0),
    currency,
  );
}

/** What is asked in advance pays nothing. */
function findPaid({ entries, papers: { opened } }: ExportedClaim): string {
  if (opened === undefined || entries.claim.use !== 'claim') return '';
  return formatMoney(paidBy(opened.document), opened.plan.currency);
}
