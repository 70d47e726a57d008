import { z } from 'zod';
import type { Access } from '../../auth';
import type { Report, ReportDesk } from '../../reports/report-desk';
import { newRoute, type Route } from '../route';
import { ownerOf } from './owner-of';
import { instant, reference } from './schemas';

export const reportParams = z.strictObject({ reportId: z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'must be the id of a report') });

/** What is told of every report. */
export const reportHead = {
  reportId: reference,
  status: z.enum(['waiting', 'running', 'done', 'failed']),
  /** Of the error by which it failed. */
  code: z.string().nullable(),
  begunAt: instant,
};

export function tellHead({ reportId, status, code, begunAt }: Report): Omit<Report, 'told'> {
  return { reportId, status, code, begunAt };
}

export function newRemoveReportRoute(desk: ReportDesk, { kind, path, access }: { kind: string; path: string; access: Access }): Route {
  return newRoute({
    method: 'delete',
    path,
    summary: 'End a report and forget all of it',
    access,
    audit: 'none',
    params: reportParams,
    status: 204,
    response: z.undefined(),
    handle: ({ params: { reportId }, caller }) => {
      desk.remove(ownerOf(caller), kind, reportId);
      return Promise.resolve({ body: '' });
    },
  });
}
