import type { MspId } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { AppealedClaim, AppealOptions } from '../../appeals/appeal-options';
import { decideAppeal } from '../../appeals/decide-appeal';
import { listAppeals, listDue } from '../../appeals/list-appeals';
import { makeAppeal } from '../../appeals/make-appeal';
import { takeDispute } from '../../appeals/take-dispute';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { newRoute, type Route } from '../route';
import { billing, findOwn } from './claims';
import { nameClaimsPerson } from './claims-person';
import { formatCursor, paging, parseCursor } from './page-cursor';
import { envelope, instant, jws, mspId, participant, reference } from './schemas';

export interface AppealRoutesOptions extends AppealOptions {
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

const deciders = ['insurer-clerk', 'ethics-officer'] as const;
const number = z.int().min(1).max(1_000_000);
const words = z.string().min(1).max(20_000);
const params = z.strictObject({ relationRef: reference, claimId: reference });
const outcome = z.enum(['upheld', 'granted']);
const named = {
  relationRef: reference,
  claimId: reference,
  number,
  n: number,
  level: z.enum(['insurer', 'authority']),
  party: z.enum(['hospital', 'patient']),
  at: instant,
  decideBy: instant,
};
const deliveries = z.array(z.object({ organisation: mspId, kind: z.string(), status: z.enum(['delivered', 'pending', 'refused']) }));
const made = z.object({ appeal: z.looseObject({ ...named, authority: mspId.nullable() }), deliveries });
const decided = { outcome, by: participant, at: instant, adjudicateBy: instant.nullable() };

export function newAppealRoutes(options: AppealRoutesOptions): readonly Route[] {
  return [newAppealRoute(options), newDisputeRoute(options), newListRoute(options), newDueRoute(options), newDecisionRoute(options)];
}

function newAppealRoute(options: AppealRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/claims/{relationRef}/{claimId}/appeals',
    summary: 'Appeal, as the hospital, against an adjudication of a claim: to the insurer, or after it to the authority that is named',
    access: { by: 'staff', roles: billing },
    audit: 'create',
    params,
    body: z.strictObject({ n: number, authority: mspId.nullable().default(null), grounds: words }),
    idempotency: true,
    status: 201,
    response: made,
    handle: async ({ params: name, body: { n, authority, grounds }, caller, operation }) => {
      const relation = findOwn(options, name.relationRef, caller);
      const wish = { ...(name as AppealedClaim), n, authority: authority as MspId | null, grounds };
      return { body: await makeAppeal(options, relation, wish, operation) };
    },
  });
}

function newDisputeRoute(options: AppealRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/appeals',
    summary: 'Take an appeal that the patient signed against an adjudication of a claim about her',
    access: { by: 'signature' },
    audit: 'create',
    body: z.strictObject({
      appeal: jws,
      grounds: z
        .record(z.string(), envelope)
        .refine((entries) => Object.keys(entries).length <= 3, 'has entries for hospital, insurer and an authority at most'),
    }),
    status: 201,
    response: made,
    handle: async ({ body }) => ({ body: await takeDispute(options, body) }),
  });
}

function newListRoute(options: AppealRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/claims/{relationRef}/{claimId}/appeals',
    summary: 'The appeals of a claim and their decisions, with the grounds and opinions that are sealed to this member',
    access: { by: 'staff', roles: [...billing, ...deciders] },
    audit: 'read',
    params,
    response: z.object({
      appeals: z.array(
        z.object({
          ...named,
          authority: mspId.nullable(),
          by: participant,
          grounds: z.string().nullable(),
          decision: z.object({ ...decided, opinion: z.string().nullable() }).nullable(),
        }),
      ),
    }),
    handle: async ({ params: name }) => ({ body: { appeals: await listAppeals(options, name as AppealedClaim) } }),
  });
}

function newDueRoute(options: AppealRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/appeals',
    summary: 'The appeals that wait for this member, as insurer or as authority; those whose time is over first',
    access: { by: 'staff', roles: deciders },
    audit: 'search',
    query: z.strictObject(paging),
    response: z.object({
      appeals: z.array(z.object({ ...named, hospital: mspId, insurer: mspId })),
      /** Where the next page begins; null at the end. */
      next: z.string().nullable(),
    }),
    handle: async ({ query: { count, cursor } }) => {
      const { appeals, next } = await listDue(options, parseCursor(place, cursor), count);
      return { body: { appeals, next: formatCursor(next) } };
    },
  });
}

function newDecisionRoute(options: AppealRoutesOptions): Route {
  const { identityOf, store } = options;
  return newRoute({
    method: 'post',
    path: '/api/claims/{relationRef}/{claimId}/appeals/{number}/decision',
    summary:
      'Decide an appeal, as the insurer or as the authority that it goes to; once it is granted, the insurer decides the claim again',
    access: { by: 'staff', roles: deciders },
    audit: 'decision',
    params: params.extend({ number: z.string() }),
    body: z.strictObject({ outcome, opinion: words }),
    idempotency: true,
    status: 201,
    response: z.object({ decision: z.looseObject({ ...decided, number }), deliveries }),
    handle: async ({ params: name, body, caller, operation }) => {
      // No appeal has a number that is none.
      const { number: said, ...claim } = name;
      const ruling = { ...(claim as AppealedClaim), number: Number(said), ...body };
      const person = nameClaimsPerson(store.key, name.relationRef, caller);
      return { body: await decideAppeal(options, ruling, { identity: await identityOf(caller), person, operation }) };
    },
  });
}

const place = z.strictObject({ decideBy: z.string(), relationRef: reference, claimId: reference, number });
