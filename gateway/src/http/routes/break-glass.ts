import { formatInstant, reviewOutcomes, type MspId, type RelationRef, type RequestId } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import { countDeclarations } from '../../break-glass/count-declarations';
import { listOpenDeclarations } from '../../break-glass/list-declarations';
import { readDeclaration } from '../../break-glass/read-declaration';
import { reviewDeclaration, type ReviewOptions } from '../../break-glass/review-declaration';
import type { LedgerIdentity } from '../../ledger/ledger';
import type { RequestName } from '../../store';
import { newRoute, type Route } from '../route';
import { category, instant, mspId, participant, purpose, reference, transactionId } from './schemas';

export interface BreakGlassRoutesOptions extends ReviewOptions {
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

const access = { by: 'staff', roles: ['auditor'] } as const;
const params = z.strictObject({ relationRef: reference, requester: mspId, requestId: reference });
const outcome = z.enum(reviewOutcomes);

const declaration = z.object({
  relationRef: reference,
  requester: mspId,
  requestId: reference,
  unit: z.string(),
  by: participant,
  purpose,
  at: instant,
  transactionId,
  reviewBy: instant,
  isOverdue: z.boolean(),
  outcome: z.enum(['pending', 'released', 'refused']),
  records: z.int(),
  until: instant.nullable(),
  review: z.object({ outcome, by: participant, at: instant, isLate: z.boolean() }).nullable(),
});

const stated = z.object({
  text: z.string(),
  reason: z.string(),
  statement: z.string(),
  person: z.looseObject({}),
  categories: z.array(category),
});

const count = z.object({
  mspId,
  units: z.int(),
  declared: z.int(),
  released: z.int(),
  refused: z.int(),
  pending: z.int(),
  justified: z.int(),
  unjustified: z.int(),
  late: z.int(),
  open: z.int(),
  overdue: z.int(),
});

export function newBreakGlassRoutes(options: BreakGlassRoutesOptions): readonly Route[] {
  return [newListRoute(options), newStatisticsRoute(options), newReadRoute(options), newReviewRoute(options)];
}

function newListRoute({ facts }: BreakGlassRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/break-glass',
    summary: 'Declared emergencies of all organisations that wait for their review, those that are due first first',
    access,
    audit: 'break-glass',
    response: z.object({ declarations: z.array(declaration) }),
    handle: () => Promise.resolve({ body: { declarations: listOpenDeclarations(facts, formatInstant(Date.now())) } }),
  });
}

function newStatisticsRoute({ facts }: BreakGlassRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/break-glass/statistics',
    summary: 'How every organisation used break-glass, and how that was reviewed',
    access,
    audit: 'none',
    response: z.object({ organisations: z.array(count) }),
    handle: () => Promise.resolve({ body: { organisations: countDeclarations(facts, formatInstant(Date.now())) } }),
  });
}

function newReadRoute(options: BreakGlassRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/break-glass/{relationRef}/{requester}/{requestId}',
    summary: 'A declared emergency; the custodian and the organisation that declared also see what was stated',
    access,
    audit: 'break-glass',
    params,
    response: declaration.extend({ stated: stated.nullable() }),
    handle: async ({ params: name }) => ({ body: await readDeclaration(options, nameOf(name)) }),
  });
}

function newReviewRoute(options: BreakGlassRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/break-glass/{relationRef}/{requester}/{requestId}/review',
    summary: "Review another organisation's declared emergency; a reviewer who is not the custodian's brings what was declared",
    access,
    audit: 'break-glass',
    params,
    body: z.strictObject({ outcome, declaration: z.string().min(1).max(65_536).optional() }),
    idempotency: true,
    status: 201,
    response: declaration,
    handle: async ({ params: name, body, caller }) => ({
      body: await reviewDeclaration(options, nameOf(name), {
        outcome: body.outcome,
        declaration: body.declaration,
        identity: await options.identityOf(caller),
      }),
    }),
  });
}

function nameOf({ relationRef, requester, requestId }: z.output<typeof params>): RequestName {
  return { relationRef: relationRef as RelationRef, requester: requester as MspId, requestId: requestId as RequestId };
}
