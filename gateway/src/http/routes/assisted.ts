import { formatInstant, noticeChannels, type RelationRef, type StaffRole } from '@medaccord/chaincode/model';
import { z } from 'zod';
import { endConsent, recordNotice, type AssistedOptions } from '../../assisted/assisted-consents';
import { newPseudonym, type WitnessAtDesk } from '../../assisted/witness';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { newError } from '../../problem';
import { recordConsent, registerRelation, type ConsentOptions } from '../../relation/register-relation';
import { newRoute, type Route } from '../route';
import { recorded, signedConsent, signedRelation } from './relations';
import { instant, participant, reference, transactionId } from './schemas';

export interface AssistedRoutesOptions extends AssistedOptions, ConsentOptions {
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

const params = z.strictObject({ relationRef: reference });
const registrar = { by: 'staff', roles: ['registrar'] } as const;
const telling: readonly StaffRole[] = ['registrar', 'records', 'physician', 'nurse'];

const written = { relationRef: reference, version: z.int(), by: participant, at: instant, transactionId, block: z.int() };
const notice = z.object({ ...written, channel: z.enum(noticeChannels), effectiveAt: instant });
const end = z.object({ ...written, endId: reference });

/** The desk of people without devices. */
export function newAssistedRoutes(options: AssistedRoutesOptions): readonly Route[] {
  return [newCheckInRoute(options), newConsentRoute(options), newNoticeRoute(options), newEndRoute(options), newListNoticesRoute(options)];
}

function newCheckInRoute(options: AssistedRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/assisted/relations',
    summary: 'Put a relation that a card signed at the desk of this organisation, the custodian, on the ledger; who calls is the witness',
    access: registrar,
    audit: 'consent',
    body: signedRelation,
    status: 201,
    response: recorded,
    handle: async ({ body, caller }) => ({ body: await registerRelation(options, body, await witnessOf(options, caller)) }),
  });
}

function newConsentRoute(options: AssistedRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/assisted/consents',
    summary: 'Record the next version in force of an assisted consent; who calls is the witness, and it counts after notice and delay',
    access: registrar,
    audit: 'consent',
    body: signedConsent,
    status: 201,
    response: recorded,
    handle: async ({ body, caller }) => ({ body: await recordConsent(options, body, await witnessOf(options, caller)) }),
  });
}

function newNoticeRoute({ identityOf, ...options }: AssistedRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/relations/{relationRef}/notices',
    summary: 'Say that the patient was told of a version of her assisted consent; not by its witness',
    access: { by: 'staff', roles: telling },
    audit: 'consent',
    params,
    body: z.strictObject({ version: z.int().min(1).max(1_000_000), channel: z.enum(noticeChannels) }),
    status: 201,
    response: notice,
    handle: async ({ params: { relationRef }, body, caller }) => {
      const given = { relationRef: relationRef as RelationRef, ...body, subject: subjectOf(caller), identity: await identityOf(caller) };
      return { body: await recordNotice(options, given) };
    },
  });
}

function newEndRoute({ identityOf, ...options }: AssistedRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/relations/{relationRef}/end',
    summary: "End what an assisted consent permits, at once, on the patient's word and without her card; at any member",
    access: registrar,
    audit: 'consent',
    params,
    body: z.strictObject({}),
    idempotency: true,
    status: 201,
    response: end,
    handle: async ({ params: { relationRef }, caller, operation }) => ({
      body: await endConsent(options, { operation, relationRef: relationRef as RelationRef, identity: await identityOf(caller) }),
    }),
  });
}

function newListNoticesRoute({ store: { facts } }: AssistedRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/notices',
    summary: "Assisted consents of this organisation's patients of which nobody has told them yet; what they permit is sealed",
    access: { by: 'staff', roles: [...telling, 'auditor'] },
    audit: 'read',
    response: z.object({
      notices: z.array(z.object({ relationRef: reference, version: z.int(), recordedAt: instant, validFrom: instant })),
    }),
    handle: () => Promise.resolve({ body: { notices: facts.notices.list(formatInstant(Date.now())) } }),
  });
}

async function witnessOf({ store, identityOf }: AssistedRoutesOptions, caller: Caller): Promise<WitnessAtDesk> {
  return { identity: await identityOf(caller), personIn: newPseudonym(store.key, subjectOf(caller)) };
}

function subjectOf(caller: Caller): string {
  if (caller.kind !== 'staff') throw newError('TOKEN_MISSING', 'This needs a staff token');
  return caller.subject;
}
