import { MOST_MONEY, reasonCodes } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { AdjudicationOptions } from '../../adjudication/adjudication-options';
import { confirmDecision, decideByPerson, type ClaimName } from '../../adjudication/decide-by-person';
import { readClaim } from '../../adjudication/read-claim';
import type { DecidingPerson } from '../../adjudication/submit-adjudications';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { claimFlags, claimOrders, claimStatuses, type FoundClaims } from '../../store';
import { newRoute, type Route } from '../route';
import { assertCurrency, claimConditions, newClaimQuery } from './claim-conditions';
import { nameClaimsPerson } from './claims-person';
import { formatCursor, paging, parseCursor } from './page-cursor';
import { instant, mspId, reference } from './schemas';

export interface AdjudicationRoutesOptions extends AdjudicationOptions {
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

/** Where a claim waits for a person, for a second one, or to be decided again after an appeal. */
const waiting = ['queued', 'partial', 'proposed', 'reopened'] as const;
const clerk = { by: 'staff', roles: ['insurer-clerk'] } as const;
const params = z.strictObject({ relationRef: reference, claimId: reference });
const line = z.int().min(1).max(1_000_000);

const listed = z.object({
  relationRef: reference,
  claimId: reference,
  coverageId: reference,
  hospital: mspId,
  submittedAt: instant,
  status: z.enum(claimStatuses),
  flags: z.array(z.enum(claimFlags)),
  /** What its lines charge, in minor units; null as long as its body has not come. */
  amount: z.int().nullable(),
  currency: z.string().nullable(),
});
const page = z.object({
  claims: z.array(listed),
  /** Where the next page begins; null at the end. */
  next: z.string().nullable(),
});
const entry = z.looseObject({ n: z.int(), outcome: z.string().nullable(), status: z.string() });

export function newAdjudicationRoutes(options: AdjudicationRoutesOptions): readonly Route[] {
  return [
    newSearchRoute(options),
    newWorkListRoute(options),
    newReadRoute(options),
    newDecisionRoute(options),
    newConfirmationRoute(options),
  ];
}

function newSearchRoute({ facts, store, mspId: own }: AdjudicationRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/adjudications',
    summary:
      'The claims that this insurer got, by status, time, hospital, coverage, flag, service and amount; page by page, newest first unless asked otherwise',
    access: clerk,
    audit: 'search',
    query: z.strictObject({ ...claimConditions, sort: z.enum(claimOrders).default('-submittedAt'), ...paging }),
    response: page,
    handle: ({ query: { sort, count: most, cursor, ...asked } }) => {
      if (sort.endsWith('amount')) assertCurrency(asked);
      const found = facts.claims.list(newClaimQuery(asked, store.key, own), { order: sort, start: parseCursor(place, cursor), most });
      return Promise.resolve({ body: describe(found) });
    },
  });
}

function newWorkListRoute({ facts, mspId: own }: AdjudicationRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/adjudications/worklist',
    summary:
      'The claims of which lines wait for a person of this insurer, that wait for a second one, or of which an appeal was granted; the oldest first',
    access: clerk,
    audit: 'search',
    query: z.strictObject(paging),
    response: page,
    handle: ({ query: { count: most, cursor } }) => {
      const query = { insurer: own, statuses: waiting };
      return Promise.resolve({
        body: describe(facts.claims.list(query, { order: 'submittedAt', start: parseCursor(place, cursor), most })),
      });
    },
  });
}

function newReadRoute(options: AdjudicationRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/adjudications/{relationRef}/{claimId}',
    summary: 'A claim that this insurer got: its lines, every adjudication, the releases of evidence, and the newest worked out again',
    access: clerk,
    audit: 'read',
    params,
    response: z.object({
      claim: z.looseObject({ claimId: reference }),
      acknowledgement: z.looseObject({}).nullable(),
      body: z.looseObject({}).nullable(),
      adjudications: z.array(entry),
      document: z.looseObject({}).nullable(),
      evidence: z.array(z.object({ requestId: reference, status: z.string() })),
      check: z.looseObject({ verdict: z.string(), problems: z.array(z.string()) }).nullable(),
    }),
    handle: async ({ params: name }) => ({ body: await readClaim(options, name as ClaimName) }),
  });
}

function newDecisionRoute(options: AdjudicationRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/adjudications/{relationRef}/{claimId}/decisions',
    summary:
      'Decide what the rule put before a person: clear or deny lines with its reasons, pay a line beside the rule and say why; or nothing, for the rule to decide again on the evidence that has come',
    access: clerk,
    audit: 'decision',
    params,
    body: z.strictObject({
      decisions: z
        .array(z.strictObject({ line, reason: z.enum(reasonCodes), decision: z.enum(['clear', 'deny']) }))
        .max(10_000)
        .default([]),
      overrides: z
        .array(z.strictObject({ line, benefit: z.int().min(0).max(MOST_MONEY), why: z.string().min(1).max(500) }))
        .max(1000)
        .default([]),
      note: z.string().min(1).max(2000).optional(),
    }),
    idempotency: 'optional',
    status: 201,
    response: entry,
    handle: async ({ params: name, body, caller }) => ({
      body: await decideByPerson(options, name as ClaimName, body, await personOf(options, name, caller)),
    }),
  });
}

function newConfirmationRoute(options: AdjudicationRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/adjudications/{relationRef}/{claimId}/confirmation',
    summary: 'Agree, as a second person, to a decision above the limit of the rules',
    access: clerk,
    audit: 'decision',
    params,
    body: z.strictObject({ n: z.int().min(1).max(1_000_000) }),
    response: entry,
    handle: async ({ params: name, body: { n }, caller }) => ({
      body: await confirmDecision(options, name as ClaimName, n, await personOf(options, name, caller)),
    }),
  });
}

async function personOf(
  { store, identityOf }: AdjudicationRoutesOptions,
  { relationRef }: { readonly relationRef: string },
  caller: Caller,
): Promise<DecidingPerson> {
  return { identity: await identityOf(caller), person: nameClaimsPerson(store.key, relationRef, caller) };
}

function describe({ claims, next }: FoundClaims): z.input<typeof page> {
  const shown = claims.map(({ insurer: _insurer, number: _number, flags, ...claim }) => ({ ...claim, flags: [...flags] }));
  return { claims: shown, next: formatCursor(next) };
}

const place = z.strictObject({ at: z.int(), number: z.int(), status: z.enum(claimStatuses).optional() });
