import { MOST_MONEY, reasonCodes } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { AdjudicationOptions } from '../../adjudication/adjudication-options';
import { confirmDecision, decideByPerson, type ClaimName } from '../../adjudication/decide-by-person';
import { readClaim } from '../../adjudication/read-claim';
import type { DecidingPerson } from '../../adjudication/submit-adjudications';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { newError } from '../../problem';
import { claimFlags, claimStatuses, type ClaimPlace, type ClaimQuery, type ListedClaim } from '../../store';
import { newRoute, type Route } from '../route';
import { nameClaimsPerson } from './claims-person';
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
});
const page = z.object({
  claims: z.array(listed),
  /** Where the next page begins; null at the end. */
  next: z.string().nullable(),
});
const entry = z.looseObject({ n: z.int(), outcome: z.string().nullable(), status: z.string() });
const count = z.coerce.number().int().min(1).max(200).default(50);
const cursor = z.string().max(400).optional();

export function newAdjudicationRoutes(options: AdjudicationRoutesOptions): readonly Route[] {
  return [
    newSearchRoute(options),
    newWorkListRoute(options),
    newReadRoute(options),
    newDecisionRoute(options),
    newConfirmationRoute(options),
  ];
}

function newSearchRoute({ facts, mspId: own }: AdjudicationRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/adjudications',
    summary:
      'The claims that this insurer got, by status, time, hospital, coverage and flag; page by page, newest first unless asked otherwise',
    access: clerk,
    audit: 'search',
    query: z.strictObject({
      status: z.enum(claimStatuses).optional(),
      from: z.iso.datetime({ precision: 3 }).optional(),
      until: z.iso.datetime({ precision: 3 }).optional(),
      hospital: mspId.optional(),
      coverage: reference.optional(),
      flag: z.enum(claimFlags).optional(),
      sort: z.enum(['submittedAt', '-submittedAt']).default('-submittedAt'),
      count,
      cursor,
    }),
    response: page,
    handle: ({ query: { coverage, sort, count: most, cursor: after, ...more } }) => {
      const query: ClaimQuery = { ...more, insurer: own, coverageId: coverage };
      const found = facts.claims.list(query, { order: sort, after: parseCursor(after), most });
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
    query: z.strictObject({ count, cursor }),
    response: page,
    handle: ({ query: { count: most, cursor: after } }) => {
      const asked = { order: 'submittedAt', after: parseCursor(after), most } as const;
      const found = waiting.map((status) => facts.claims.list({ insurer: own, status }, asked));
      const all = found
        .flatMap(({ claims }) => claims)
        .sort((one, other) => compare(one.submittedAt, other.submittedAt) || compare(one.claimId, other.claimId));
      const claims = all.slice(0, most);
      const isLast = all.length <= most && found.every(({ next }) => next === undefined);
      const last = claims.at(-1);
      const next = isLast || last === undefined ? undefined : { submitted: last.submittedAt, claimId: last.claimId };
      return Promise.resolve({ body: describe({ claims, next }) });
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

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

interface Found {
  readonly claims: readonly ListedClaim[];
  readonly next: ClaimPlace | undefined;
}

function describe({ claims, next }: Found): z.input<typeof page> {
  const shown = claims.map(({ insurer: _insurer, flags, ...claim }) => ({ ...claim, flags: [...flags] }));
  return { claims: shown, next: next === undefined ? null : Buffer.from(JSON.stringify(next)).toString('base64url') };
}

const place = z.strictObject({ submitted: z.string(), claimId: reference });

/** A place in the list is no secret: it holds a time and a random id of the ledger. @throws CodedError REQUEST_INVALID */
function parseCursor(text: string | undefined): ClaimPlace | undefined {
  if (text === undefined) return undefined;
  try {
    return place.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw newError('REQUEST_INVALID', 'query.cursor: is not a link of this list; begin the search anew');
  }
}
