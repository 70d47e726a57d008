import {
  parseDigest,
  type MspId,
  type Period,
  type Referral,
  type ReferralId,
  type RelationRef,
  type StaffRole,
  type Study,
  type StudyId,
} from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import type { ProofOptions } from '../../proof/proof-options';
import { endReferral, registerReferral } from '../../proof/referrals';
import { approveStudy, endStudy } from '../../proof/studies';
import { newRoute, type Route } from '../route';
import { findRelation } from './relations';
import { instant, mspId, participant, period, purpose, reference, transactionId } from './schemas';

export interface ProofRoutesOptions extends ProofOptions {
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

const givenInstant = z.iso.datetime({ precision: 3, error: 'must be an instant such as 2026-01-31T12:00:00.000Z' });
const validity = z
  .strictObject({ from: givenInstant, until: givenInstant })
  .refine(({ from, until }) => from < until, { path: ['until'], error: 'must be later than from' });
const written = { validity: period, by: participant, endedAt: instant.nullable(), transactionId, block: z.int() };

const referral = z.object({
  ...{ relationRef: reference, referralId: reference, custodian: mspId, counterparty: mspId, registeredAt: instant },
  ...written,
});
const study = z.object({
  ...{
    studyId: reference,
    authority: mspId,
    sponsors: z.array(mspId),
    purposes: z.array(purpose),
    protocol: z.string(),
    approvedAt: instant,
  },
  ...written,
});

const referring: readonly StaffRole[] = ['physician', 'records'];

export function newProofRoutes(options: ProofRoutesOptions): readonly Route[] {
  return [
    newReferralRoute(options),
    newEndReferralRoute(options),
    newListReferralsRoute(options),
    newStudyRoute(options),
    newEndStudyRoute(options),
    newListStudiesRoute(options),
  ];
}

function newReferralRoute({ identityOf, ...options }: ProofRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/referrals',
    summary: 'Refer a patient of this organisation to the counterparty of a relation: proves treatment there until the validity ends',
    access: { by: 'staff', roles: referring },
    audit: 'consent',
    body: z.strictObject({ relationRef: reference, validity }),
    idempotency: true,
    status: 201,
    response: referral,
    handle: async ({ body, caller, operation }) => ({
      body: await registerReferral(options, {
        operation,
        relationRef: body.relationRef as RelationRef,
        validity: body.validity as Period,
        identity: await identityOf(caller),
      }),
    }),
  });
}

function newEndReferralRoute({ identityOf, ...options }: ProofRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/referrals/{referralId}/end',
    summary: 'End a referral of this organisation: it proves nothing from now on, and releases on its way are withdrawn',
    access: { by: 'staff', roles: referring },
    audit: 'consent',
    params: z.strictObject({ referralId: reference }),
    body: z.strictObject({ relationRef: reference }),
    response: referral,
    handle: async ({ params: { referralId }, body: { relationRef }, caller }) => ({
      body: await endReferral(options, {
        relationRef: relationRef as RelationRef,
        referralId: referralId as ReferralId,
        identity: await identityOf(caller),
      }),
    }),
  });
}

function newListReferralsRoute({ store: { facts }, mspId: own }: ProofRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/relations/{relationRef}/referrals',
    summary: 'The referrals in a relation, ended ones too',
    access: { by: 'relation-or-staff', roles: [...referring, 'nurse', 'auditor'] },
    audit: 'read',
    params: z.strictObject({ relationRef: reference }),
    response: z.object({ relationRef: reference, referrals: z.array(referral) }),
    handle: ({ params: { relationRef }, caller }) => {
      findRelation(facts, relationRef, caller, own);
      const found = facts.list<Referral>('referral', relationRef);
      const referrals = found.map(({ value, transactionId: id, block }) => ({ ...value, transactionId: id, block }));
      return Promise.resolve({ body: { relationRef, referrals } });
    },
  });
}

function newStudyRoute({ identityOf, ...options }: ProofRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/studies',
    summary: 'Approve a study in the name of this authority: proves research of its sponsors until the validity ends',
    access: { by: 'staff', roles: ['ethics-officer'] },
    audit: 'none',
    body: z.strictObject({
      sponsors: z.array(mspId).min(1).max(50),
      purposes: z.array(purpose).min(1),
      validity,
      protocol: z.string().refine(isDigest, 'must be the SHA-256 of the protocol document in base64url'),
    }),
    idempotency: true,
    status: 201,
    response: study.extend({ protocolSalt: z.string() }),
    handle: async ({ body, caller, operation }) => ({
      body: await approveStudy(options, {
        operation,
        sponsors: body.sponsors as MspId[],
        purposes: body.purposes,
        validity: body.validity as Period,
        protocol: parseDigest(body.protocol, 'body.protocol'),
        identity: await identityOf(caller),
      }),
    }),
  });
}

function newEndStudyRoute({ identityOf, ...options }: ProofRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/studies/{studyId}/end',
    summary: 'End a study that this authority approved: it proves nothing from now on, and releases on their way are withdrawn',
    access: { by: 'staff', roles: ['ethics-officer'] },
    audit: 'none',
    params: z.strictObject({ studyId: reference }),
    response: study,
    handle: async ({ params: { studyId }, caller }) => ({
      body: await endStudy(options, { studyId: studyId as StudyId, identity: await identityOf(caller) }),
    }),
  });
}

function newListStudiesRoute({ store: { facts } }: ProofRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/studies',
    summary: 'All studies on the ledger, ended ones too',
    access: { by: 'staff', roles: ['researcher', 'ethics-officer', 'registrar', 'auditor'] },
    audit: 'none',
    response: z.object({ studies: z.array(study) }),
    handle: () => {
      const studies = facts.listType<Study>('study').map(({ value, transactionId: id, block }) => ({ ...value, transactionId: id, block }));
      return Promise.resolve({ body: { studies } });
    },
  });
}

function isDigest(text: string): boolean {
  try {
    parseDigest(text, 'protocol');
    return true;
  } catch {
    return false;
  }
}
