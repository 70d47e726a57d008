import { parseCurrency, parseDay, type MspId, type StaffRole } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import type { LedgerIdentity } from '../../ledger/ledger';
import { newError } from '../../problem';
import { lineProblems } from '../../settlement/check-statement';
import { notifyPayment } from '../../settlement/notify-payment';
import { proposeSettlement } from '../../settlement/propose-settlement';
import { listSettlements, listUnreconciled, readSettlement, settlementStatuses } from '../../settlement/read-settlement';
import { receivePayment } from '../../settlement/receive-payment';
import type { SettlementName, SettlementOptions } from '../../settlement/settlement-options';
import { signSettlement } from '../../settlement/sign-settlement';
import { newRoute, type Route } from '../route';
import { instant, mspId, parsed, reference } from './schemas';

export interface SettlementRoutesOptions extends SettlementOptions {
  readonly identityOf: (caller: Caller) => Promise<LedgerIdentity>;
}

const billing: readonly StaffRole[] = ['records', 'registrar'];
const ofHospital = { by: 'staff', roles: billing } as const;
const ofInsurer = { by: 'staff', roles: ['insurer-clerk'] } as const;
const ofBoth = { by: 'staff', roles: ['insurer-clerk', ...billing] } as const;

const currency = parsed(z.string(), parseCurrency);
/** By currency, in minor units; below zero where more was taken back than paid. */
const amounts = z
  .record(z.string().regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217'), z.int())
  .refine((all) => Object.keys(all).length > 0, 'must hold an amount');
/** The other of the two, and the number. */
const params = z.strictObject({ organisation: mspId, number: z.string().max(22) });
type Params = z.output<typeof params>;

const listed = {
  hospital: mspId,
  insurer: mspId,
  number: z.int(),
  status: z.enum(settlementStatuses),
  proposedAt: instant,
  signedAt: instant.nullable(),
  paidAt: instant.nullable(),
  clearedAt: instant.nullable(),
  received: z.object({ amounts: z.record(z.string(), z.int()), at: instant }).nullable(),
  difference: z.record(z.string(), z.int()).nullable(),
};
const name = { relationRef: reference, claimId: reference, n: z.int() };
const read = z.object({
  ...listed,
  lines: z.array(z.object({ ...name, after: z.int().nullable(), currency: z.string(), benefit: z.int() })),
  totals: z.record(z.string(), z.int()),
  check: z.object({ agrees: z.boolean(), lines: z.array(z.object({ ...name, problems: z.array(z.enum(lineProblems)) })) }).nullable(),
  waiting: z.int().nullable(),
  payment: z.object({ amounts: z.record(z.string(), z.int()), paidOn: z.string(), reference: z.string() }).nullable(),
});

/** What an insurer settles with its hospitals, and they with it. */
export function newSettlementRoutes(options: SettlementRoutesOptions): readonly Route[] {
  return [
    newProposalRoute(options),
    newListRoute(options),
    newReadRoute(options),
    newSignatureRoute(options),
    newPaymentRoute(options),
    newReceivedRoute(options),
  ];
}

function newProposalRoute(options: SettlementRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/settlements',
    summary: 'Propose the next statement of what is decided for good and not settled with a hospital, in place of one it has not signed',
    access: ofInsurer,
    audit: 'create',
    body: z.strictObject({ hospital: mspId, currency: currency.optional() }),
    idempotency: true,
    status: 201,
    response: read,
    handle: async ({ body, caller, operation }) => {
      const wish = { hospital: body.hospital as MspId, currency: body.currency };
      const made = await proposeSettlement(options, wish, { operation, identity: await options.identityOf(caller) });
      return { body: await readSettlement(options, made) };
    },
  });
}

function newListRoute(options: SettlementRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/settlements',
    summary: 'The newest statements of this organisation, and where each stands; or those whose payment does not reconcile',
    access: ofBoth,
    audit: 'search',
    query: z.strictObject({
      count: z.coerce.number().int().min(1).max(200).default(50),
      show: z.enum(['newest', 'unreconciled']).default('newest'),
    }),
    response: z.object({ settlements: z.array(z.object(listed)) }),
    handle: async ({ query: { count, show }, caller }) => {
      const listing = show === 'unreconciled' ? listUnreconciled(options, sideOf(caller)) : listSettlements(options, sideOf(caller), count);
      return { body: { settlements: await listing } };
    },
  });
}

function newReadRoute(options: SettlementRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/settlements/{organisation}/{number}',
    summary:
      'A statement with hospital or insurer: its lines, each by claim and adjudication, what this hospital works out beside it, and payment',
    access: ofBoth,
    audit: 'read',
    params,
    response: read,
    handle: async ({ params: named, caller }) => ({ body: await readSettlement(options, nameOf(options, sideOf(caller), named)) }),
  });
}

function newSignatureRoute(options: SettlementRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/settlements/{organisation}/{number}/signature',
    summary: "Sign an insurer's statement, when every line is what this hospital worked out itself and none is missing",
    access: ofHospital,
    audit: 'decision',
    params,
    response: read,
    handle: async ({ params: named }) => ({
      body: await readSettlement(options, await signSettlement(options, nameOf(options, 'hospital', named))),
    }),
  });
}

function newPaymentRoute(options: SettlementRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/settlements/{organisation}/{number}/payment',
    summary: 'Say that a statement is paid: amount, day and the reference by which the bank knows it',
    access: ofInsurer,
    audit: 'create',
    params,
    body: z.strictObject({
      amounts,
      paidOn: parsed(z.string(), parseDay),
      reference: z.string().min(1).max(140),
    }),
    status: 201,
    response: read,
    handle: async ({ params: named, body, caller }) => {
      const paid = nameOf(options, 'insurer', named);
      await notifyPayment(options, paid, body, await options.identityOf(caller));
      return { body: await readSettlement(options, paid) };
    },
  });
}

function newReceivedRoute(options: SettlementRoutesOptions): Route {
  return newRoute({
    method: 'put',
    path: '/api/settlements/{organisation}/{number}/payment/received',
    summary:
      'Write down what has come in all for a statement: its total clears the payment, anything else stays listed with its difference',
    access: ofHospital,
    audit: 'decision',
    params,
    body: z.strictObject({ amounts }),
    response: read,
    handle: async ({ params: named, body }) => {
      const paid = nameOf(options, 'hospital', named);
      await receivePayment(options, paid, body.amounts);
      return { body: await readSettlement(options, paid) };
    },
  });
}

function sideOf(caller: Caller): 'hospital' | 'insurer' {
  return caller.kind === 'staff' && caller.role === 'insurer-clerk' ? 'insurer' : 'hospital';
}

/** @throws CodedError RESOURCE_NOT_FOUND */
function nameOf({ mspId: own }: SettlementRoutesOptions, side: 'hospital' | 'insurer', { organisation, number }: Params): SettlementName {
  if (!/^[1-9]\d{0,6}$/.test(number)) throw newError('RESOURCE_NOT_FOUND', 'There is no such statement');
  const other = organisation as MspId;
  const parties = side === 'insurer' ? { hospital: other, insurer: own } : { hospital: own, insurer: other };
  return { ...parties, number: Number(number) };
}
