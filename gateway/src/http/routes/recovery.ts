import type { PatientEntry, SubjectRef } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { recordPatientStatement, type PatientStep } from '../../patient/patient-statements';
import {
  approveRecovery,
  completeRecovery,
  findPatient,
  openRecovery,
  placeHold,
  type RecoverOptions,
  type RegistrarAct,
} from '../../patient/recover-patient';
import { newRoute, type Route } from '../route';
import { instant, jwk, jws, mspId, reference, transactionId } from './schemas';

const params = z.strictObject({ subjectRef: reference });
const recorded = z.object({ subjectRef: reference, transactionId, block: z.int() });
const keys = z.object({ signing: jwk, sealing: jwk, recovery: jwk });

const patient = z.object({
  subjectRef: reference,
  custodian: mspId,
  keys,
  /** The latest statement about the patient: the next one names the SHA-256 of its payload. */
  jws: z.string(),
  guardians: z.object({ threshold: z.int(), keys: z.array(jwk) }).nullable(),
  hold: z
    .object({
      at: instant,
      recovery: z
        .object({ effectiveAt: instant, keys: z.string(), opening: z.string(), approvals: z.array(z.string()), isApproved: z.boolean() })
        .nullable(),
    })
    .nullable(),
  /** What happened to her keys, oldest first. */
  steps: z.array(z.object({ kind: z.string(), transactionId, block: z.int() })),
});

type IdentityOf = (caller: Caller) => Promise<LedgerIdentity>;

/** Keys, guardians, hold and recovery of patients. */
export function newRecoveryRoutes(options: RecoverOptions, identityOf: IdentityOf): readonly Route[] {
  return [
    newReadRoute(options),
    newStatementRoute(options),
    newOpenRoute(options, identityOf),
    newRegistrarRoute(identityOf, {
      path: 'hold',
      summary: 'Hold a patient of this organisation: her records are released to nobody until she signs or a recovery is completed',
      act: (act) => placeHold(options, act),
    }),
    newRegistrarRoute(identityOf, {
      path: 'recovery/approval',
      summary: 'Agree, as an authority, to the recovery of a patient that her custodian opened',
      act: (act) => approveRecovery(options, act),
    }),
    newRegistrarRoute(identityOf, {
      path: 'recovery/completion',
      summary: "Complete a recovery that is approved and was not vetoed: the new keys are the patient's",
      act: (act) => completeRecovery(options, act),
    }),
  ];
}

/** Pseudonymous keys and hashes that stand on the ledger; whoever asks must know the random reference. */
function newReadRoute({ facts }: RecoverOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/patients/{subjectRef}',
    summary: 'The keys of a patient, her guardians, and the hold and the recovery that stand; no personal data',
    access: { by: 'anybody' },
    audit: 'none',
    params,
    response: patient,
    handle: ({ params: { subjectRef } }) => {
      const { custodian, keys: own, jws: latest, guardians, hold }: PatientEntry = findPatient(facts, subjectRef);
      const steps = facts.steps.list(subjectRef);
      const shown = { subjectRef, custodian, keys: own, jws: latest, guardians: guardians ?? null, hold: hold ?? null, steps };
      return Promise.resolve({ body: shown });
    },
  });
}

function newStatementRoute(options: RecoverOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/patient-statements',
    summary: 'Record what a patient signed about her keys, her guardians or a veto, or what a guardian of hers approved',
    access: { by: 'signature' },
    audit: 'registration',
    body: z.strictObject({ statement: jws }),
    status: 201,
    response: recorded,
    handle: async ({ body }) => ({ body: await recordPatientStatement(options, body.statement) }),
  });
}

function newOpenRoute(options: RecoverOptions, identityOf: IdentityOf): Route {
  return newRoute({
    method: 'post',
    path: '/api/patients/{subjectRef}/recovery',
    summary: 'Open the recovery of a patient under a hold, whose keys are all lost, with the keys that her new wallet signed',
    access: { by: 'staff', roles: ['registrar'] },
    audit: 'registration',
    params,
    body: z.strictObject({ keys: jws }),
    idempotency: true,
    status: 201,
    response: recorded,
    handle: async ({ params: { subjectRef }, body, caller, operation }) => {
      const act = { subjectRef: subjectRef as SubjectRef, operation, identity: await identityOf(caller) };
      return { body: await openRecovery(options, { ...act, keys: body.keys }) };
    },
  });
}

interface RegistrarRoute {
  readonly path: string;
  readonly summary: string;
  readonly act: (act: RegistrarAct) => Promise<PatientStep>;
}

function newRegistrarRoute(identityOf: IdentityOf, { path, summary, act }: RegistrarRoute): Route {
  return newRoute({
    method: 'post',
    path: `/api/patients/{subjectRef}/${path}`,
    summary,
    access: { by: 'staff', roles: ['registrar'] },
    audit: 'registration',
    params,
    body: z.strictObject({}),
    idempotency: true,
    status: 201,
    response: recorded,
    handle: async ({ params: { subjectRef }, caller, operation }) => ({
      body: await act({ subjectRef: subjectRef as SubjectRef, operation, identity: await identityOf(caller) }),
    }),
  });
}
