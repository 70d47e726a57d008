import {
  coverageStatuses,
  parseCoverageDocument,
  type CoverageEntry,
  type CoverageId,
  type MspId,
  type RelationRef,
} from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import type { CoverageOptions } from '../../coverage/coverage-options';
import { listOffers, offerCoverage } from '../../coverage/offer-coverage';
import { changeCoverage, recordCoverage } from '../../coverage/record-coverage';
import type { LedgerIdentity } from '../../ledger/ledger';
import { newRoute, type Route } from '../route';
import { findRelation } from './relations';
import { byOrganisation, envelope, instant, jws, mspId, participant, reference, transactionId } from './schemas';

export interface CoverageRoutesOptions extends CoverageOptions {
  readonly mspId: MspId;
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

const { shape: terms } = z.strictObject({
  planId: z.string(),
  period: z.strictObject({ from: z.string(), until: z.string().nullable() }),
  order: z.enum(['primary', 'secondary']),
  isInNetwork: z.boolean(),
});
const offer = z.object({
  version: z.int(),
  offeredAt: instant,
  document: z.object({ relationRef: reference, coverageId: reference, ...terms, salt: z.string() }),
});
const entry = {
  relationRef: reference,
  coverageId: reference,
  version: z.int(),
  insurer: mspId,
  status: z.enum(coverageStatuses),
  jws: z.string(),
  by: participant,
  recordedAt: instant,
  transactionId,
  block: z.int(),
};
const params = z.strictObject({ relationRef: reference });

export function newCoverageRoutes(options: CoverageRoutesOptions): readonly Route[] {
  return [newOfferRoute(options), newListOffersRoute(options), newRecordRoute(options), newListRoute(options), newStatusRoute(options)];
}

function newOfferRoute(options: CoverageRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/coverages/offers',
    summary: 'Offer the terms of a coverage to a patient: she reads and signs them with her wallet; of a coverage that she has, new terms',
    access: { by: 'staff', roles: ['insurer-clerk'] },
    audit: 'consent',
    body: z.strictObject({
      relationRef: reference,
      coverageId: reference.optional(),
      ...terms,
      beneficiary: z.string().min(1).max(128).optional(),
    }),
    idempotency: true,
    status: 201,
    response: offer,
    handle: async ({ body: { beneficiary, ...body }, operation }) => {
      const { planId, period, order, isInNetwork } = parseCoverageDocument(
        { ...body, coverageId: body.coverageId ?? body.relationRef, salt: 'A'.repeat(22) },
        'body',
      );
      const relationRef = body.relationRef as RelationRef;
      const coverageId = body.coverageId as CoverageId | undefined;
      return {
        body: await offerCoverage(options, { operation, relationRef, coverageId, planId, period, order, isInNetwork, beneficiary }),
      };
    },
  });
}

function newListOffersRoute(options: CoverageRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/relations/{relationRef}/coverage-offers',
    summary: 'The terms that this insurer offers to the patient of a relation, with the plan that they name',
    access: { by: 'relation' },
    audit: 'read',
    params,
    response: z.object({ relationRef: reference, offers: z.array(offer.extend({ plan: z.looseObject({}).nullable() })) }),
    handle: async ({ params: { relationRef } }) => ({ body: { relationRef, offers: await listOffers(options, relationRef) } }),
  });
}

function newRecordRoute(options: CoverageRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/coverages',
    summary: 'Record the terms of a coverage that the patient signed, as this insurer offered them',
    access: { by: 'signature' },
    audit: 'consent',
    body: z.strictObject({ coverage: jws, documents: byOrganisation(envelope) }),
    status: 201,
    response: z.object({
      ...entry,
      deliveries: z.array(z.object({ organisation: mspId, status: z.enum(['delivered', 'pending', 'refused']) })),
    }),
    handle: async ({ body }) => ({ body: await recordCoverage(options, body) }),
  });
}

function newListRoute({ store: { facts }, mspId: own }: CoverageRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/relations/{relationRef}/coverages',
    summary: 'Every version of the coverages of a relation; their terms are sealed',
    access: { by: 'relation-or-staff', roles: ['records', 'insurer-clerk', 'auditor'] },
    audit: 'read',
    params,
    response: z.object({ relationRef: reference, coverages: z.array(z.object(entry)) }),
    handle: ({ params: { relationRef }, caller }) => {
      findRelation(facts, relationRef, caller, own);
      const found = facts.list<CoverageEntry>('coverage', relationRef);
      const coverages = found.map(({ value, transactionId: id, block }) => ({ ...value, transactionId: id, block }));
      return Promise.resolve({ body: { relationRef, coverages } });
    },
  });
}

function newStatusRoute({ identityOf, ...options }: CoverageRoutesOptions): Route {
  return newRoute({
    method: 'patch',
    path: '/api/coverages/{relationRef}/{coverageId}',
    summary: 'Suspend, resume or end a coverage of this insurer; what is ended stays so',
    access: { by: 'staff', roles: ['insurer-clerk'] },
    audit: 'consent',
    params: z.strictObject({ relationRef: reference, coverageId: reference }),
    body: z.strictObject({ status: z.enum(coverageStatuses) }),
    response: z.object(entry),
    handle: async ({ params: { relationRef, coverageId }, body: { status }, caller }) => ({
      body: await changeCoverage(options, {
        relationRef: relationRef as RelationRef,
        coverageId: coverageId as CoverageId,
        status,
        identity: await identityOf(caller),
      }),
    }),
  });
}
