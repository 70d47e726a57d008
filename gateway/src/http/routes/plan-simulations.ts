import { parseBenefitPlan } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { ReportDesk } from '../../reports/report-desk';
import type { ReportOptions } from '../../reports/report-options';
import { apartReasons } from '../../reports/rerun-coverage';
import { newSimulation, simulatedLists, type Simulation } from '../../reports/simulate-plan';
import { newRoute, type Route } from '../route';
import { ownerOf } from './owner-of';
import { newRemoveReportRoute, reportHead, reportParams, tellHead } from './report';
import { mspId, reference } from './schemas';

export interface PlanSimulationRoutesOptions extends ReportOptions {
  readonly desk: ReportDesk;
}

const kind = 'plan-simulation';
const path = '/api/plan-simulations';
const access = { by: 'staff', roles: ['insurer-clerk'] } as const;
/** Of so many days at most. */
const longest = 366;
const amount = z.int();

const day = z.iso.date();
const period = z
  .strictObject({ from: day, until: day })
  .refine(({ from, until }) => from < until, 'until must be later than from')
  .refine(({ from, until }) => Date.parse(until) - Date.parse(from) <= longest * 24 * 3_600_000, `is at most ${String(longest)} days`);

const totals = z.object({
  submitted: amount,
  benefit: amount,
  patient: amount,
  pending: amount,
  categories: z.array(z.object({ category: z.string().nullable(), lines: z.int(), benefit: amount, patient: amount })),
  reasons: z.array(z.object({ reason: z.string(), lines: z.int(), amount })),
});
const simulation = z.object({
  ...reportHead,
  plan: z.object({ planId: z.string(), version: z.int(), currency: z.string() }),
  period,
  claims: z.object({ rerun: z.int(), differing: z.int(), reversed: z.int() }),
  before: totals,
  after: totals,
  apart: z.array(z.object({ reason: z.enum(apartReasons), claims: z.int(), paid: amount })),
  /** Parts of the draft for which use before the period is taken as nothing. */
  uncounted: z.array(z.string()),
});

const told = { outcome: z.string(), benefit: amount, patient: amount, pending: amount };
const toldLine = z.object({ ...told, reasons: z.array(z.object({ reason: z.string(), amount })) });
const named = { relationRef: reference, claimId: reference, hospital: mspId };
const page = z.object({
  claims: z.array(
    z.union([
      z.object({
        ...named,
        before: z.object(told),
        after: z.object(told),
        lines: z.array(z.object({ line: z.int(), before: toldLine, after: toldLine })),
      }),
      z.object({ ...named, reason: z.enum(apartReasons), paid: amount }),
    ]),
  ),
  /** Where the next page begins; null at the end. */
  next: z.int().nullable(),
});

export function newPlanSimulationRoutes(options: PlanSimulationRoutesOptions): readonly Route[] {
  return [
    newBeginRoute(options),
    newReadRoute(options),
    newClaimsRoute(options),
    newRemoveReportRoute(options.desk, { kind, path: `${path}/{reportId}`, access }),
  ];
}

function newBeginRoute(options: PlanSimulationRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path,
    summary:
      'Begin to decide again, by a draft of a plan of this insurer, what was decided in a period (UTC days); nothing goes on the ledger',
    access,
    audit: 'operation',
    body: z.strictObject({ plan: z.looseObject({}), period }),
    status: 202,
    response: simulation,
    handle: ({ body, caller }) => {
      const work = newSimulation(options, parseBenefitPlan(body.plan, 'body.plan'), body.period);
      const report = options.desk.begin(ownerOf(caller), kind, work);
      return Promise.resolve({ body: { ...tellHead(report), ...(report.told as Simulation) } });
    },
  });
}

function newReadRoute({ desk }: PlanSimulationRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: `${path}/{reportId}`,
    summary: 'How far a simulation is, and what claims come to before and after; while it is running, those so far',
    access,
    audit: 'operation',
    params: reportParams,
    response: simulation,
    handle: ({ params: { reportId }, caller }) => {
      const report = desk.find(ownerOf(caller), kind, reportId);
      return Promise.resolve({ body: { ...tellHead(report), ...(report.told as Simulation) } });
    },
  });
}

function newClaimsRoute({ desk }: PlanSimulationRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: `${path}/{reportId}/claims`,
    summary: 'The claims of a simulation that differ, each with its old and new amounts and reasons; or those that stand apart, and why',
    access,
    audit: 'search',
    params: reportParams,
    query: z.strictObject({
      list: z.enum(simulatedLists).default('differing'),
      count: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.coerce.number().int().min(0).default(0),
    }),
    response: page,
    handle: ({ params: { reportId }, query: { list, count, cursor }, caller }) => {
      const { rows, next } = desk.list({ owner: ownerOf(caller), kind, reportId }, list, { after: cursor, most: count });
      return Promise.resolve({ body: { claims: rows, next: next ?? null } });
    },
  });
}
