import {
  askingRoles,
  askingRolesOf,
  asksFor,
  emergencyReasons,
  isBreakGlass,
  type Proof,
  type Purpose,
  type RelationRef,
  type RequestingPerson,
} from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import { requestAccess, waitForAnswer, type AccessOptions } from '../../access/request-access';
import type { LedgerIdentity } from '../../ledger/ledger';
import { newError } from '../../problem';
import { newRoute, type Route } from '../route';
import { assertOwnPurpose } from './own-purpose';
import { category, instant, proof, purpose, reference, transactionId } from './schemas';

export interface AccessRoutesOptions {
  readonly access: AccessOptions;
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

const status = z.object({
  requestId: reference,
  relationRef: reference,
  purpose,
  proof: proof.nullable(),
  at: instant,
  transactionId,
  status: z.enum(['pending', 'decided', 'released', 'refused', 'withdrawn']),
  refusal: z.object({ code: z.string() }).optional(),
  decision: z
    .object({
      transactionId,
      consentVersion: z.int().nullable(),
      rulesVersion: z.int(),
      deadline: instant.nullable(),
      bound: z.string().nullable(),
      until: instant.optional(),
      at: instant,
    })
    .optional(),
  records: z.int().optional(),
});

const params = z.strictObject({ requestId: reference });

/** Declares an emergency; what is stated is sealed, told to the patient and reviewed by a person of another organisation. */
const emergency = z.strictObject({
  reason: z.enum(emergencyReasons),
  statement: z
    .string()
    .trim()
    .regex(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\ud800-\udfff]{1,500}$/u, 'must be a text of 1 to 500 characters'),
});

const wish = z
  .strictObject({
    relationRef: reference,
    purpose,
    proof: proof.nullable().default(null),
    categories: z
      .array(category)
      .min(1)
      .refine((list) => new Set(list).size === list.length, 'must not repeat a category'),
    emergency: emergency.optional(),
  })
  .refine((body) => isBreakGlass(body.purpose) === (body.emergency !== undefined), {
    path: ['emergency'],
    message: 'is for the purpose ETREAT and those below it, and needed there',
  });

export function newAccessRoutes(options: AccessRoutesOptions): readonly Route[] {
  return [newRequestRoute(options), newStatusRoute(options)];
}

function newRequestRoute({ access, identityOf }: AccessRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/access-requests',
    summary: "Ask for a patient's records in a relation; Prefer: wait=N waits for the answer",
    access: { by: 'staff', roles: askingRoles },
    audit: 'decision',
    body: wish,
    idempotency: true,
    status: 201,
    response: status,
    handle: async ({ body, caller, operation, waitMs, aside }) => {
      assertAsksFor(body.purpose, caller);
      const { requestId } = await requestAccess(access, {
        operation,
        relationRef: body.relationRef as RelationRef,
        purpose: body.purpose,
        proof: body.proof as Proof | null,
        categories: body.categories,
        person: personOf(caller),
        emergency: body.emergency,
        identity: await identityOf(caller),
      });
      return { body: await aside(() => waitForAnswer(access, requestId, waitMs)) };
    },
  });
}

function newStatusRoute({ access }: AccessRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/access-requests/{requestId}',
    summary: 'Where a request of this organisation stands; Prefer: wait=N waits for its final status',
    access: { by: 'staff', roles: askingRoles },
    audit: 'decision',
    params,
    response: status,
    handle: async ({ params: { requestId }, caller, waitMs, aside }) => {
      assertOwnPurpose({ facts: access.store.facts, mspId: access.mspId }, requestId, caller);
      return { body: await aside(() => waitForAnswer(access, requestId, waitMs)) };
    },
  });
}

/** @throws CodedError ROLE_NOT_ALLOWED when another role asks for this purpose */
function assertAsksFor(asked: Purpose, caller: Caller): void {
  if (caller.kind !== 'staff' || !asksFor(caller.role, asked))
    throw newError('ROLE_NOT_ALLOWED', `For this purpose only the role ${askingRolesOf(asked).join(' or ')} may ask`);
}

function personOf(caller: Caller): RequestingPerson {
  if (caller.kind !== 'staff') return { department: null, role: null, person: null, teams: null };
  const { department, role, subject, teams } = caller;
  return { department, role, person: subject, teams };
}
