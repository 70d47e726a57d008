import { z } from 'zod';
import { claimFormats, listExported, type ClaimExportRequest } from '../../claim-export';
import type { Exporter } from '../../fhir-export';
import type { ClaimPlace, LocalKey } from '../../store';
import { newRoute, type Route } from '../route';
import { claimConditions, newClaimQuery } from './claim-conditions';
import { newExportJobRoutes, tellBegun, type ExportJobOptions } from './export-jobs';
import { ownerOf } from './owner-of';

export interface ClaimExportRoutesOptions {
  readonly mspId: string;
  readonly store: { readonly key: LocalKey };
  readonly exporter: Exporter<ClaimExportRequest, ClaimPlace>;
}

const contentTypes = { csv: 'text/csv; header=present', fhir: 'application/fhir+json' } as const;
const jobs: Omit<ExportJobOptions<ClaimExportRequest, ClaimPlace>, 'exporter'> = {
  path: '/api/claim-exports',
  access: { by: 'staff', roles: ['insurer-clerk'] },
  isFhir: false,
  files: 'rows of CSV below their head, or a FHIR Bundle of Claims and ClaimResponses',
  describe: (_job, { count, after }) => {
    const until = after === null ? '' : `, submitted until ${new Date(after.at).toISOString()}`;
    return `${String(count)} claims${until}`;
  },
  fileTypes: ['text/csv', 'application/fhir+json', 'application/fhir+ndjson'],
  contentTypeOf: ({ request }, { kind }) => (kind === 'error' ? 'application/fhir+ndjson' : contentTypes[request.format]),
  listExported,
};

/** The claims that this insurer got, as files: begun, asked about, fetched and deleted as an export of records is. */
export function newClaimExportRoutes({ mspId, store, exporter }: ClaimExportRoutesOptions): readonly Route[] {
  const begin = newRoute({
    method: 'post',
    path: jobs.path,
    summary: 'Begin an export of the claims that this insurer got and that a search would find, as CSV or as FHIR Bundles',
    access: jobs.access,
    audit: 'export',
    body: z.strictObject({ format: z.enum(claimFormats), ...claimConditions }),
    status: 202,
    response: z.undefined(),
    handle: async ({ body: { format, ...asked }, caller, origin }) => {
      const query = newClaimQuery(asked, store.key, mspId);
      const now = new Date().toISOString();
      const until = query.until === undefined || query.until > now ? now : query.until;
      const request = { types: ['Claim'], format, query: { ...query, until }, base: `${origin}/fhir/claims` } as const;
      return tellBegun(jobs, await exporter.begin(ownerOf(caller), `${origin}${jobs.path}`, request), origin);
    },
  });
  return [begin, ...newExportJobRoutes({ ...jobs, exporter })];
}
