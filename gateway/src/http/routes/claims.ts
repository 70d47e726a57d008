import {
  claimTypes,
  claimUses,
  MOST_MONEY,
  MOST_UNITS,
  parseCoding,
  parseCurrency,
  parseDay,
  type CoverageId,
  type MspId,
  type RelationEntry,
  type RelationRef,
  type StaffRole,
} from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import type { AdjudicationChecks } from '../../billing/adjudication-checks';
import type { BillingOptions } from '../../billing/billing-options';
import type { ClaimWish, WishedLine } from '../../billing/claim-wish';
import { findStandingClaim, type StandingClaim } from '../../billing/standing-claim';
import { estimateClaim, readEligibility } from '../../billing/estimate';
import { readPatientPapers } from '../../billing/patient-papers';
import { readClaim } from '../../billing/read-claim';
import { submitClaim, type SubmittedClaim } from '../../billing/submit-claim';
import { newLanes } from '../../ledger/lanes';
import { newError, readCode } from '../../problem';
import { claimStatuses } from '../../store';
import { newRoute, type Route } from '../route';
import { formatCursor, paging, parseCursor } from './page-cursor';
import { findRelation } from './relations';
import { instant, mspId, parsed, reference, transactionId } from './schemas';

/** Who bills at a hospital, and appeals for it. */
export const billing: readonly StaffRole[] = ['records', 'registrar'];
/** Claims of a batch that are on their way at once. */
const atOnce = 8;
const mostInBatch = 100;

const amount = z.int().min(0).max(MOST_MONEY);
const recordName = z
  .string()
  .regex(/^(?:[A-Za-z0-9_-]{22,64}|[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9.-]{1,64})$/, 'must be a record id or a FHIR reference');
const line = z.strictObject({
  service: parsed(z.strictObject({ system: z.string(), code: z.string() }), parseCoding),
  day: parsed(z.string(), parseDay),
  units: z.int().min(1).max(MOST_UNITS).default(1),
  unit: z.string().min(1).max(64).optional(),
  /** Of all units together, in minor units of the currency. */
  charge: amount,
  priorPaid: amount.optional(),
  authorization: z.string().min(1).max(128).optional(),
  records: z.array(recordName).max(49).default([]),
});
const related = z.strictObject({ claimId: reference, relationship: z.enum(['correction', 'reversal']) });
const common = {
  relationRef: reference,
  coverageId: reference,
  use: z.enum(claimUses).default('claim'),
  related: related.nullable().default(null),
};
const wished = z.union([
  z.strictObject({ ...common, claim: z.string().regex(/^Claim\/[A-Za-z0-9.-]{1,64}$/, 'must be a reference such as Claim/1') }),
  z.strictObject({
    ...common,
    type: z.enum(claimTypes),
    currency: parsed(z.string(), parseCurrency),
    encounter: recordName.optional(),
    lines: z.array(line).max(1000),
  }),
]);
type Wished = z.output<typeof wished>;

const delivery = z.object({ organisation: mspId, kind: z.string(), status: z.enum(['delivered', 'pending', 'refused']) });
const submitted = z.object({
  relationRef: reference,
  claimId: reference,
  coverageId: reference,
  use: z.enum(claimUses),
  related: related.nullable(),
  submittedAt: instant,
  acknowledgeBy: instant,
  adjudicateBy: instant,
  /** Places of lines, from 0, that another claim had billed before. */
  duplicates: z.array(z.int()),
  transactionId,
  block: z.int(),
  deliveries: z.array(delivery),
});
const outcome = z.union([submitted, z.object({ code: z.string(), detail: z.string() })]);
const accumulators = z.record(z.string(), z.int());
const standing = { status: z.enum(claimStatuses), acknowledgement: z.looseObject({}).nullable(), replacedBy: reference.nullable() };
const entry = z.looseObject({ relationRef: reference, claimId: reference });
const place = z.strictObject({ at: z.int(), number: z.int() });
const claimParams = z.strictObject({ relationRef: reference, claimId: reference });

export interface ClaimRoutesOptions extends BillingOptions {
  readonly checks: Pick<AdjudicationChecks, 'waitFor'>;
}

/** What a hospital does with claims, and what its patients read of theirs. */
export function newClaimRoutes(options: ClaimRoutesOptions): readonly Route[] {
  return [
    newSubmitRoute(options),
    newBatchRoute(options),
    newEstimateRoute(options),
    newEligibilityRoute(options),
    newListRoute(options),
    newReadRoute(options),
    newPapersRoute(options),
  ];
}

function newSubmitRoute(options: ClaimRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/claims',
    summary: 'Bill what was done: with lines that name its records, or by a Claim resource of this hospital; corrections and reversals too',
    access: { by: 'staff', roles: billing },
    audit: 'create',
    body: wished,
    idempotency: true,
    status: 201,
    response: submitted,
    handle: async ({ body, operation }) => ({ body: describeSubmitted(await submitClaim(options, wishOf(body), operation)) }),
  });
}

function newBatchRoute(options: ClaimRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/claims/batch',
    summary: 'Bill many at once: each is a claim of its own, and one that is refused holds up no other',
    access: { by: 'staff', roles: billing },
    audit: 'create',
    body: z.strictObject({ claims: z.array(wished).min(1).max(mostInBatch) }),
    idempotency: true,
    response: z.object({ claims: z.array(outcome) }),
    handle: async ({ body: { claims }, operation }) => {
      const lane = newLanes(atOnce);
      const submitOne = (one: Wished, at: number): Promise<z.input<typeof outcome>> =>
        submitClaim(options, wishOf(one), `${operation}/${String(at)}`).then(describeSubmitted, describeRefused);
      return { body: { claims: await Promise.all(claims.map((one, at) => lane(() => submitOne(one, at)))) } };
    },
  });
}

function newEstimateRoute(options: ClaimRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/claims/estimate',
    summary: "What the plan would pay if this claim came now: this hospital's own reckoning, which binds nobody",
    access: { by: 'staff', roles: billing },
    audit: 'read',
    body: wished,
    response: z.object({
      isEstimate: z.literal(true),
      adjudication: z.looseObject({ outcome: z.enum(['complete', 'partial', 'queued']) }),
      used: z.object({ used: accumulators, isNewest: z.boolean() }),
      text: z.array(z.string()),
    }),
    handle: async ({ body }) => ({ body: { isEstimate: true, ...(await estimateClaim(options, wishOf(body))) } }),
  });
}

function newEligibilityRoute(options: ClaimRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/coverages/{relationRef}/{coverageId}/eligibility',
    summary: 'Whether a patient is covered today, by which plan, and how much of it is used as far as this hospital was told',
    access: { by: 'staff', roles: billing },
    audit: 'read',
    params: z.strictObject({ relationRef: reference, coverageId: reference }),
    response: z.object({
      version: z.int(),
      status: z.string(),
      isInForce: z.boolean(),
      days: z.object({ from: z.string(), until: z.string().nullable() }),
      order: z.string(),
      isInNetwork: z.boolean(),
      plan: z.object({ planId: z.string(), version: z.int(), title: z.string(), currency: z.string() }).nullable(),
      used: accumulators,
      isNewest: z.boolean(),
    }),
    handle: async ({ params: { relationRef, coverageId }, caller }) => ({
      body: await readEligibility(options, findOwn(options, relationRef, caller), coverageId as CoverageId),
    }),
  });
}

function newListRoute(options: ClaimRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/claims/{relationRef}',
    summary: 'The claims of this hospital in a relation, and where each stands; page by page, the oldest first unless asked otherwise',
    access: { by: 'staff', roles: billing },
    audit: 'read',
    params: z.strictObject({ relationRef: reference }),
    query: z.strictObject({ sort: z.enum(['submittedAt', '-submittedAt']).default('submittedAt'), ...paging }),
    response: z.object({
      relationRef: reference,
      claims: z.array(z.object({ claim: entry, ...standing })),
      /** Where the next page begins; null at the end. */
      next: z.string().nullable(),
    }),
    handle: ({ params: { relationRef }, query: { sort, count: most, cursor }, caller }) => {
      findOwn(options, relationRef, caller);
      const { facts } = options.store;
      const { claims, next } = facts.claims.list({ relationRef }, { order: sort, start: parseCursor(place, cursor), most });
      const standing = claims.flatMap(({ claimId }) => findStandingClaim(facts, relationRef, claimId) ?? []);
      const described = standing.map(({ claim, adjudications: _, ...more }) => ({ claim: claim.value, ...more }));
      return Promise.resolve({ body: { relationRef, claims: described, next: formatCursor(next) } });
    },
  });
}

function newReadRoute({ store, sealed, transactions, projector, checks, ...options }: ClaimRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/claims/{relationRef}/{claimId}',
    summary:
      'A claim of this hospital: what was billed, what the insurer decided, and whether that is what its plan says; Prefer: wait=N waits for it',
    access: { by: 'staff', roles: billing },
    audit: 'read',
    params: claimParams,
    response: z.object({
      claim: entry,
      transactionId,
      block: z.int(),
      ...standing,
      bill: z.object({ type: z.string(), currency: z.string(), lines: z.array(z.looseObject({ sequence: z.int(), charge: z.int() })) }),
      adjudications: z.array(
        z.looseObject({
          n: z.int(),
          document: z.looseObject({}).nullable(),
          check: z.object({ verdict: z.enum(['agrees', 'differs', 'incomplete']), problems: z.array(z.string()) }).nullable(),
        }),
      ),
    }),
    handle: async ({ params: { relationRef, claimId }, caller, waitMs, aside }) => {
      findOwn({ ...options, store }, relationRef, caller);
      const isAnswered = (): StandingClaim | undefined => {
        const found = findStandingClaim(store.facts, relationRef, claimId);
        return found?.status === 'submitted' || found?.status === 'received' ? undefined : found;
      };
      await aside(async () => {
        const until = Date.now() + waitMs;
        const n = (await projector.waitFor(isAnswered, waitMs))?.adjudications.length ?? 0;
        if (n > 0) await checks.waitFor({ relationRef, claimId, n }, until - Date.now());
      });
      return { body: await readClaim({ ...store, sealed, transactions }, relationRef, claimId) };
    },
  });
}

function newPapersRoute(options: ClaimRoutesOptions): Route {
  const { store, sealed, transactions, mspId: own } = options;
  return newRoute({
    method: 'get',
    path: '/api/relations/{relationRef}/claims',
    summary: "The patient's claims with everything to understand them and to work them out again; what is sealed to her, her wallet opens",
    access: { by: 'relation' },
    audit: 'read',
    params: z.strictObject({ relationRef: reference }),
    response: z.object({
      claims: z.array(
        z.object({
          claim: entry,
          ...standing,
          body: z.string().nullable(),
          adjudications: z.array(z.object({ entry: z.looseObject({}), explanation: z.string().nullable() })),
          appeals: z.array(z.object({ appeal: z.looseObject({}), decision: z.looseObject({}).nullable(), notice: z.string().nullable() })),
        }),
      ),
      coverages: z.array(z.object({ entry: z.looseObject({}), terms: z.string().nullable() })),
      plans: z.array(z.looseObject({})),
    }),
    handle: async ({ params: { relationRef }, caller }) => {
      const { value } = findRelation(store.facts, relationRef, caller, own);
      if (value.custodian !== own) throw newError('NOT_THE_CUSTODIAN', 'The hospital of this relation keeps the papers of its claims');
      const name = { relationRef: value.relationRef, insurer: value.counterparty };
      return { body: await readPatientPapers({ facts: store.facts, sealed, transactions }, name) };
    },
  });
}

/** A relation of which this organisation is the custodian. @throws CodedError RELATION_UNKNOWN, NOT_THE_CUSTODIAN */
export function findOwn(
  { store, mspId: own }: { readonly store: Pick<BillingOptions['store'], 'facts'>; readonly mspId: MspId },
  relationRef: string,
  caller: Caller,
): RelationEntry {
  const { value } = findRelation(store.facts, relationRef, caller, own);
  if (value.custodian !== own) throw newError('NOT_THE_CUSTODIAN', 'Only the custodian of a relation bills in it');
  return value;
}

function wishOf(body: Wished): ClaimWish {
  const { relationRef, coverageId, use } = body;
  const common = {
    relationRef: relationRef as RelationRef,
    coverageId: coverageId as CoverageId,
    use,
    related: body.related as ClaimWish['related'],
  };
  if ('claim' in body) return { ...common, bill: body.claim };
  const { type, currency, encounter, lines } = body;
  const bill = lines.map(
    (one, at) => ({ ...one, sequence: at + 1, records: encounter === undefined ? one.records : [...one.records, encounter] }) as WishedLine,
  );
  return { ...common, bill: { type, currency, lines: bill } };
}

function describeSubmitted({ claim, transactionId: id, block, deliveries }: SubmittedClaim): z.input<typeof submitted> {
  const { relationRef, claimId, coverageId, use, related: of, submittedAt, acknowledgeBy, adjudicateBy, duplicates } = claim;
  const described = { relationRef, claimId, coverageId, use, related: of, submittedAt, acknowledgeBy, adjudicateBy };
  return { ...described, duplicates: [...duplicates], transactionId: id, block, deliveries: [...deliveries] };
}

function describeRefused(error: unknown): { code: string; detail: string } {
  const code = readCode(error);
  if (code === undefined || !(error instanceof Error)) throw error;
  return { code, detail: error.message };
}
