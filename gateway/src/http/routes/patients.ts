import { z } from 'zod';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { registerPatient, type RegisterPatientOptions } from '../../patient/register-patient';
import { newRoute, type Route } from '../route';
import { jws, reference, transactionId } from './schemas';

const body = z.strictObject({
  registration: jws,
  details: z.strictObject({
    name: z.string().min(1).max(256),
    birthDate: z.iso.date(),
    nationalId: z.string().min(1).max(64).optional(),
  }),
});

export function newPatientRoutes(
  options: RegisterPatientOptions,
  identityOf: (caller: Caller) => Promise<LedgerIdentity>,
): readonly Route[] {
  return [
    newRoute({
      method: 'post',
      path: '/api/patients',
      summary: "Register a patient's pseudonym and keys; her identity details are sealed to this organisation",
      access: { by: 'staff', roles: ['registrar'] },
      audit: 'registration',
      body,
      idempotency: true,
      status: 201,
      response: z.object({ subjectRef: reference, transactionId, block: z.int() }),
      handle: async ({ body: { registration, details }, caller, operation }) => ({
        body: await registerPatient(options, { operation, registration, details, identity: await identityOf(caller) }),
      }),
    }),
  ];
}
