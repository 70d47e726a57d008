import { parseBenefitPlan, staffRoles, type MspId, type PlanEntry, type StaffRole } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import type { CoverageOptions } from '../../coverage/coverage-options';
import { describePublished, findPublished, publishPlan } from '../../coverage/publish-plan';
import type { LedgerIdentity } from '../../ledger/ledger';
import { newRoute, type Route } from '../route';
import { instant, mspId, participant, transactionId } from './schemas';

export interface PlanRoutesOptions extends CoverageOptions {
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

const planId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be the id of a plan');
const written = { insurer: mspId, planId, version: z.int(), publishedAt: instant, by: participant, transactionId, block: z.int() };
const published = z.object({ ...written, plan: z.looseObject({ planId, version: z.int(), title: z.string() }) });
const listed = z.object({
  ...written,
  title: z.string(),
  currency: z.string(),
  period: z.object({ from: z.string(), until: z.string().nullable() }),
});

const anyStaff: readonly StaffRole[] = staffRoles.filter((role) => role !== 'gateway');

export function newPlanRoutes(options: PlanRoutesOptions): readonly Route[] {
  return [newPublishRoute(options), newListRoute(options), newReadRoute(options)];
}

function newPublishRoute({ identityOf, ...options }: PlanRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/plans',
    summary: 'Publish the next version of a benefit plan of this insurer, for good (docs/reference/benefit-plan.md)',
    access: { by: 'staff', roles: ['insurer-clerk'] },
    audit: 'none',
    body: z.strictObject({ plan: z.looseObject({}) }),
    status: 201,
    response: published,
    handle: async ({ body, caller }) => ({
      body: await publishPlan(options, parseBenefitPlan(body.plan, 'body.plan'), await identityOf(caller)),
    }),
  });
}

function newListRoute({ store: { facts } }: PlanRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/plans',
    summary: 'Every version of every plan that insurers published',
    access: { by: 'staff', roles: anyStaff },
    audit: 'none',
    query: z.strictObject({ insurer: mspId.optional() }),
    response: z.object({ plans: z.array(listed) }),
    handle: ({ query: { insurer } }) => {
      const found = insurer === undefined ? facts.listType<PlanEntry>('plan') : facts.list<PlanEntry>('plan', insurer);
      const plans = found.map((fact) => {
        const { plan, ...entry } = describePublished(fact);
        return { ...entry, title: plan.title, currency: plan.currency, period: plan.period };
      });
      return Promise.resolve({ body: { plans } });
    },
  });
}

function newReadRoute(options: PlanRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/plans/{insurer}/{planId}/{version}',
    summary: 'A version of a plan, whole',
    access: { by: 'staff', roles: anyStaff },
    audit: 'none',
    params: z.strictObject({ insurer: z.string(), planId: z.string(), version: z.string() }),
    response: published,
    handle: ({ params: { insurer, planId: id, version } }) => {
      return Promise.resolve({ body: findPublished(options, insurer as MspId, { planId: id, version }) });
    },
  });
}
