import {
  delegateKinds,
  delegatePowers,
  parseInstant,
  parseJwk,
  parsePeriod,
  type DelegationEntry,
  type MspId,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { newError } from '../../problem';
import {
  confirmAppointment,
  confirmAppointmentEnd,
  signAppointment,
  signAppointmentEnd,
  type AppointOptions,
} from '../../relation/appoint-delegate';
import { recordDelegation } from '../../relation/record-delegation';
import { readDelegation, type Fact } from '../../store';
import { newRoute, type Route } from '../route';
import { byOrganisation, category, envelope, instant, jwk, jws, mspId, parsed, period, reference, transactionId } from './schemas';

type Options = AppointOptions & { readonly identityOf: (caller: Caller) => Promise<LedgerIdentity> };

const n = z.int().min(1).max(1_000_000);
const delegation = z.object({
  n,
  act: z.enum(['grant', 'end']),
  /** The organisation that confirmed an appointment; null when the patient signed. */
  confirmedBy: mspId.nullable(),
  key: jwk.optional(),
  powers: z.array(z.enum(delegatePowers)).optional(),
  validity: period.optional(),
  of: n.optional(),
  after: n.optional(),
  recordedAt: instant,
  jws: z.string(),
  transactionId,
  block: z.int(),
});
const recorded = z.object({
  relationRef: reference,
  n,
  transactionId,
  block: z.int(),
  delivery: z.enum(['delivered', 'pending', 'refused']).nullable(),
});
const appointment = {
  kind: z.enum(delegateKinds),
  withheld: z.array(category).max(100),
  majority: parsed(instant, parseInstant).nullable(),
};
const sealed = byOrganisation(envelope);

export function newDelegationRoutes(options: Options): readonly Route[] {
  return [newRecordRoute(options), newListRoute(options), newAppointRoute(options), newConfirmRoute(options), ...newEndRoutes(options)];
}

function newRecordRoute(options: Options): Route {
  return newRoute({
    method: 'post',
    path: '/api/delegations',
    summary: 'Record a delegation, or its end, that the patient signed',
    access: { by: 'signature' },
    audit: 'consent',
    body: z.strictObject({ delegation: jws, opening: envelope.nullable() }),
    status: 201,
    response: recorded,
    handle: async ({ body }) => ({
      body: await recordDelegation(options, body, (relationRef) => options.facts.find<RelationEntry>('relation', relationRef)?.value),
    }),
  });
}

function newListRoute({ facts }: Options): Route {
  return newRoute({
    method: 'get',
    path: '/api/relations/{relationRef}/delegations',
    summary: 'Who may act for the patient in a relation, and what has ended',
    access: { by: 'relation' },
    audit: 'read',
    params: z.strictObject({ relationRef: reference }),
    response: z.object({ relationRef: reference, delegations: z.array(delegation) }),
    handle: ({ params: { relationRef } }) => {
      if (facts.find('relation', relationRef) === undefined) throw newError('RELATION_UNKNOWN', 'No such relation is known here');
      return Promise.resolve({ body: { relationRef, delegations: facts.list<DelegationEntry>('delegation', relationRef).map(describe) } });
    },
  });
}

function newAppointRoute(options: Options): Route {
  return newRoute({
    method: 'post',
    path: '/api/appointments',
    summary: "Sign, as the custodian, a delegate's appointment for a patient who cannot; an authority confirms it",
    access: { by: 'staff', roles: ['registrar'] },
    audit: 'consent',
    body: z.strictObject({
      relationRef: reference,
      key: parsed(jwk, parseJwk),
      powers: z.array(z.enum(delegatePowers)).min(1),
      validity: parsed(period, parsePeriod),
      authority: mspId,
      ...appointment,
    }),
    response: z.object({ delegation: z.string(), sealed }),
    handle: async ({ body }) => ({ body: await signAppointment(options, { ...body, authority: body.authority as MspId }) }),
  });
}

function newConfirmRoute(options: Options): Route {
  return newRoute({
    method: 'post',
    path: '/api/appointments/confirmations',
    summary: "Confirm, as an authority, a custodian's appointment by stating again what it says; both signatures go to the ledger",
    access: { by: 'staff', roles: ['registrar'] },
    audit: 'consent',
    body: z.strictObject({ delegation: jws, sealed, ...appointment }),
    status: 201,
    response: recorded,
    handle: async ({ body: { delegation: text, sealed: envelopes, ...said }, caller }) => ({
      body: await confirmAppointment(options, { delegation: text, sealed: envelopes }, said, await options.identityOf(caller)),
    }),
  });
}

function newEndRoutes(options: Options): readonly Route[] {
  return [
    newRoute({
      method: 'post',
      path: '/api/appointments/ends',
      summary: 'Sign, as the custodian, the end of an appointment; an authority confirms it',
      access: { by: 'staff', roles: ['registrar'] },
      audit: 'consent',
      body: z.strictObject({ relationRef: reference, of: n, authority: mspId }),
      response: z.object({ delegation: z.string() }),
      handle: async ({ body }) => ({
        body: { delegation: await signAppointmentEnd(options, { ...body, authority: body.authority as MspId }) },
      }),
    }),
    newRoute({
      method: 'post',
      path: '/api/appointments/ends/confirmations',
      summary: 'Confirm, as an authority, the end of an appointment; both signatures go to the ledger',
      access: { by: 'staff', roles: ['registrar'] },
      audit: 'consent',
      body: z.strictObject({ delegation: jws }),
      status: 201,
      response: recorded,
      handle: async ({ body, caller }) => ({
        body: await confirmAppointmentEnd(options, body.delegation, await options.identityOf(caller)),
      }),
    }),
  ];
}

function describe({ value, transactionId: id, block }: Fact<DelegationEntry>): z.input<typeof delegation> {
  const statement = readDelegation(value);
  const { n: number, act, confirmedBy, recordedAt, jws: text } = statement;
  const common = { n: number, act, confirmedBy, recordedAt, jws: text, transactionId: id, block };
  if (statement.act === 'end') return { ...common, of: statement.of, after: statement.after };
  return { ...common, key: statement.key, powers: [...statement.powers], validity: statement.validity };
}
