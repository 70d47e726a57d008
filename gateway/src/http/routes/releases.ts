import { askingRoles, deletionReasons, formatInstant, type Instant } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { newError } from '../../problem';
import { listOutstanding } from '../../release/list-outstanding';
import { readRelease, type ReadReleaseOptions } from '../../release/read-release';
import { acknowledge, redisclose, type RedisclosureOptions } from '../../release/redisclose';
import { newRoute, type Route } from '../route';
import { assertOwnPurpose } from './own-purpose';
import { category, instant, jws, purpose, reference, transactionId } from './schemas';

export interface ReleaseRoutesOptions {
  readonly release: ReadReleaseOptions & RedisclosureOptions;
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

const params = z.strictObject({ requestId: reference });
const childParams = z.strictObject({ requestId: reference, redisclosureId: reference });
const obligation = z.enum(['PRIVMARK', 'NORDSCLCD']);
const recorded = z.object({ transactionId, block: z.int(), at: instant });

/** The notice that 42 CFR 2.32(a)(2) gives in these words; the receipt names it by its code. */
const notice = '42 CFR part 2 prohibits unauthorized use or disclosure of these records.';

const release = z.object({
  requestId: reference,
  notice: z.literal(notice),
  /** The custodian's signed receipt of this disclosure. */
  receipt: jws,
  /** The consent that the receipt names, canonical text; null when its document has not arrived. */
  consent: z.string().nullable(),
  resources: z.array(z.object({ recordId: reference, version: z.int(), category, obligations: z.array(obligation), resource: z.string() })),
});

const outstanding = z.object({
  relationRef: reference,
  requestId: reference,
  redisclosureId: reference.nullable(),
  recipient: z.string().nullable(),
  reason: z.enum(deletionReasons),
  consentVersion: z.int(),
});

/** What was released to this organisation, what it passes on, and what it has to have deleted. */
export function newReleaseRoutes(options: ReleaseRoutesOptions): readonly Route[] {
  return [newReleaseRoute(options), newRedisclosureRoute(options), newAcknowledgementRoute(options), newOutstandingRoute(options)];
}

function newReleaseRoute({ release: options }: ReleaseRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/releases/{requestId}',
    summary: 'What was released for a request with its receipt, each resource exactly as its custodian anchored it',
    access: { by: 'staff', roles: askingRoles },
    audit: 'disclosure',
    params,
    response: release,
    handle: async ({ params: { requestId }, caller }) => {
      assertOwnPurpose(options, requestId, caller);
      return { body: { requestId, notice, ...(await readRelease(options, requestId)) } };
    },
  });
}

function newRedisclosureRoute({ release: options, identityOf }: ReleaseRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/releases/{requestId}/redisclosures',
    summary: 'Say to whom records of a release are passed on, before they are; the patient sees it',
    access: { by: 'staff', roles: askingRoles },
    audit: 'disclosure',
    params,
    body: z.strictObject({
      recipient: z.string().trim().min(1).max(500),
      purpose,
      records: z.array(reference).min(1).optional(),
    }),
    idempotency: true,
    status: 201,
    response: recorded.extend({ redisclosureId: reference }),
    handle: async ({ params: { requestId }, body, caller, operation }) => {
      assertOwnPurpose(options, requestId, caller);
      const identity = await identityOf(caller);
      return { body: await redisclose(options, { operation, requestId, ...body, records: body.records, identity }) };
    },
  });
}

function newAcknowledgementRoute({ release: options, identityOf }: ReleaseRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/releases/{requestId}/redisclosures/{redisclosureId}/acknowledgements',
    summary: 'Say when the recipient was told that the patient ended the release and that its copy is to be deleted',
    access: { by: 'staff', roles: askingRoles },
    audit: 'disclosure',
    params: childParams,
    body: z.strictObject({ told: z.iso.datetime() }),
    idempotency: true,
    status: 201,
    response: recorded,
    handle: async ({ params: child, body, caller }) => {
      assertOwnPurpose(options, child.requestId, caller);
      return { body: await acknowledge(options, { ...child, told: readInstant(body.told), identity: await identityOf(caller) }) };
    },
  });
}

function newOutstandingRoute({ release: options }: ReleaseRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/deletions',
    summary: 'Released copies whose deletion is due and not on the ledger: own ones, and those that were passed on',
    access: { by: 'staff', roles: [...askingRoles, 'records', 'auditor'] },
    audit: 'disclosure',
    response: z.object({ outstanding: z.array(outstanding) }),
    handle: async () => ({ body: { outstanding: await listOutstanding(options) } }),
  });
}

function readInstant(text: string): Instant {
  const at = Date.parse(text);
  if (at > Date.now()) throw newError('REQUEST_INVALID', 'body.told: must not lie in the future');
  return formatInstant(at);
}
