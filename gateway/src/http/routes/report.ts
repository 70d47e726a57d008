import { z } from 'zod';
import type { Caller } from '../../auth';
import type { Report } from '../../reports/report-desk';
import { instant, reference } from './schemas';

export const reportId = z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'must be the id of a report');

/** What is told of every report. */
export const reportHead = {
  reportId: reference,
  status: z.enum(['waiting', 'running', 'done', 'failed']),
  /** Of the error by which it failed. */
  code: z.string().nullable(),
  begunAt: instant,
};

export function tellHead({ reportId: id, status, code, begunAt }: Report): Omit<Report, 'told'> {
  return { reportId: id, status, code, begunAt };
}

/** Whose report it is. */
export function ownerOf(caller: Caller): string {
  return caller.kind === 'staff' ? `staff/${caller.subject}` : '';
}
