import { z } from 'zod';
import { newClaimStatistics, type ClaimStatistics } from '../../reports/claim-statistics';
import type { ReportDesk } from '../../reports/report-desk';
import type { ReportOptions } from '../../reports/report-options';
import { newRoute, type Route } from '../route';
import { ownerOf } from './owner-of';
import { newRemoveReportRoute, reportHead, reportParams, tellHead } from './report';
import { mspId } from './schemas';

export interface ClaimStatisticsRoutesOptions extends ReportOptions {
  readonly desk: ReportDesk;
}

const kind = 'claim-statistics';
const path = '/api/claim-statistics';
const access = { by: 'staff', roles: ['insurer-clerk', 'auditor', 'public-health-officer'] } as const;
const month = z.string().regex(/^20\d\d-(?:0[1-9]|1[0-2])$/, 'must be a month such as 2026-10');
/** Null: several together. */
const name = z.string().nullable();
const amount = z.int();

const statistics = z.object({
  ...reportHead,
  month,
  counts: z.array(z.object({ insurer: mspId, hospital: mspId, outcome: name, claims: z.int() })),
  sums: z.array(
    z.object({
      ...{ hospital: mspId, currency: z.string(), benefitCategory: name, outcome: name, reason: name },
      ...{ lines: z.int(), submitted: amount, benefit: amount, patient: amount },
    }),
  ),
});

export function newClaimStatisticsRoutes(options: ClaimStatisticsRoutesOptions): readonly Route[] {
  const { desk } = options;
  return [
    newRoute({
      method: 'post',
      path,
      summary:
        'Begin the statistics of what was decided in a month (UTC): counts by the ledger, and at an insurer sums of its own decisions; no row is of fewer than five patients',
      access,
      audit: 'operation',
      body: z.strictObject({ month }),
      status: 202,
      response: statistics,
      handle: ({ body, caller }) => {
        const report = desk.begin(ownerOf(caller), kind, newClaimStatistics(options, body.month));
        return Promise.resolve({ body: { ...tellHead(report), ...(report.told as ClaimStatistics) } });
      },
    }),
    newRoute({
      method: 'get',
      path: `${path}/{reportId}`,
      summary: 'The statistics of a month; no row before they are done',
      access,
      audit: 'operation',
      params: reportParams,
      response: statistics,
      handle: ({ params: { reportId }, caller }) => {
        const report = desk.find(ownerOf(caller), kind, reportId);
        return Promise.resolve({ body: { ...tellHead(report), ...(report.told as ClaimStatistics) } });
      },
    }),
    newRemoveReportRoute(desk, { kind, path: `${path}/{reportId}`, access }),
  ];
}
