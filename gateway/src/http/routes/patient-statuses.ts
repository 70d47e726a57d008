import type { MspId } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { confirmCorrection, recordDeath, signCorrection, type PatientStatusOptions } from '../../patient/set-patient-status';
import { newRoute, type Route } from '../route';
import { jws, mspId, reference, transactionId } from './schemas';

type Options = PatientStatusOptions & { readonly identityOf: (caller: Caller) => Promise<LedgerIdentity> };

const params = z.strictObject({ subjectRef: reference });
const recorded = z.object({ subjectRef: reference, n: z.int(), status: z.enum(['deceased', 'living']), transactionId, block: z.int() });

export function newPatientStatusRoutes(options: Options): readonly Route[] {
  return [
    newRoute({
      method: 'post',
      path: '/api/patients/{subjectRef}/death',
      summary: "Record a patient's death: nothing is released on her consents from then on",
      access: { by: 'staff', roles: ['registrar'] },
      audit: 'registration',
      params,
      body: z.strictObject({}),
      status: 201,
      response: recorded,
      handle: async ({ params: { subjectRef }, caller }) => ({
        body: await recordDeath(options, subjectRef, await options.identityOf(caller)),
      }),
    }),
    newRoute({
      method: 'post',
      path: '/api/patients/{subjectRef}/corrections',
      summary: 'Sign, as the custodian, that a death was recorded in error; an authority confirms it',
      access: { by: 'staff', roles: ['registrar'] },
      audit: 'registration',
      params,
      body: z.strictObject({ authority: mspId }),
      response: z.object({ status: z.string() }),
      handle: async ({ params: { subjectRef }, body }) => ({
        body: { status: await signCorrection(options, subjectRef, body.authority as MspId) },
      }),
    }),
    newRoute({
      method: 'post',
      path: '/api/corrections',
      summary: "Confirm, as an authority, that a patient's death was recorded in error; both signatures go to the ledger",
      access: { by: 'staff', roles: ['registrar'] },
      audit: 'registration',
      body: z.strictObject({ status: jws }),
      status: 201,
      response: recorded,
      handle: async ({ body, caller }) => ({ body: await confirmCorrection(options, body.status, await options.identityOf(caller)) }),
    }),
  ];
}
