import type { ConsentEntry, MspId, RelationEntry, StaffRole } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import { newError } from '../../problem';
import type { Consultations } from '../../relation/consultations';
import { readDelegateHistory } from '../../relation/read-delegate-history';
import { readHistory } from '../../relation/read-history';
import { recordConsent, registerRelation, type RelationOptions } from '../../relation/register-relation';
import type { SealedReader } from '../../sealed/sealed-reader';
import type { ClinicalIndex, Fact, Facts } from '../../store';
import { newRoute, type Route } from '../route';
import {
  byOrganisation,
  consentStatus,
  envelope,
  instant,
  jws,
  kind,
  mspId,
  participant,
  period,
  purpose,
  reference,
  transactionId,
} from './schemas';

export interface RelationRoutesOptions extends RelationOptions {
  readonly mspId: MspId;
  readonly facts: Facts;
  readonly sealed: SealedReader;
  readonly index: Pick<ClinicalIndex, 'findVersion'>;
  readonly consultations: Pick<Consultations, 'keep'>;
}

const params = z.strictObject({ relationRef: reference });
const staff: readonly StaffRole[] = ['registrar', 'records', 'physician', 'nurse', 'auditor'];

export const recorded = z.object({
  relationRef: reference,
  version: z.int(),
  transactionId,
  block: z.int(),
  deliveries: z.array(z.object({ organisation: mspId, kind: z.string(), status: z.enum(['delivered', 'pending', 'refused']) })),
});

export const signedRelation = z.strictObject({
  relation: jws,
  consent: jws,
  sealed: byOrganisation(z.strictObject({ binding: envelope, document: envelope })),
});
export const signedConsent = z.strictObject({ consent: jws, documents: byOrganisation(envelope) });

const consent = z.object({
  version: z.int(),
  status: consentStatus,
  validity: period.nullable(),
  submitBy: instant,
  document: z.string().nullable(),
  /** The delegation by which somebody else signed; null when the patient did. */
  delegation: z.int().nullable(),
  issuedAt: instant,
  recordedAt: instant,
  /** Of an assisted consent: who saw the card while it signed. */
  witness: z.object({ by: participant, person: z.string() }).optional(),
  jws: z.string(),
  transactionId,
  block: z.int(),
});

const relation = z.object({
  relationRef: reference,
  custodian: mspId,
  counterparty: mspId,
  kinds: z.array(kind),
  /** All its consents are, for ever: made with a card that staff saw. */
  assisted: z.boolean(),
  createdAt: instant,
  jws: z.string(),
  transactionId,
  block: z.int(),
  /** The newest version that the patient signed. */
  consent: consent.nullable(),
  /** The newest number; a later one than the consent's when others wrote over it: nothing is permitted until she signs the next. */
  newestConsent: z.int(),
});

const history = z.object({
  relationRef: reference,
  entries: z.array(z.looseObject({ kind: z.string(), at: instant, transactionId, block: z.int() })),
});

export function newRelationRoutes(options: RelationRoutesOptions): readonly Route[] {
  return [
    newCheckInRoute(options),
    newConsentRoute(options),
    newListConsentsRoute(options),
    newReadRoute(options),
    newHistoryRoute(options),
  ];
}

function newCheckInRoute(options: RelationRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/relations',
    summary: 'Put a relation that the patient signed, with the first version of its consent, on the ledger',
    access: { by: 'signature' },
    audit: 'consent',
    body: signedRelation,
    status: 201,
    response: recorded,
    handle: async ({ body }) => ({ body: await registerRelation(options, body) }),
  });
}

function newConsentRoute(options: RelationRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/consents',
    summary: 'Record the next version of a consent that the patient signed; a revocation is one',
    access: { by: 'signature' },
    audit: 'consent',
    body: signedConsent,
    status: 201,
    response: recorded,
    handle: async ({ body }) => ({
      body: await recordConsent(options, body),
    }),
  });
}

function newListConsentsRoute({ facts, mspId: own, consultations }: RelationRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/relations/{relationRef}/consents',
    summary: 'All versions of the consent of a relation; that staff looked at it, and what for, the patient sees',
    access: { by: 'relation-or-staff', roles: staff, delegates: true },
    audit: 'read',
    params,
    query: z.strictObject({ purpose: purpose.optional() }),
    response: z.object({ relationRef: reference, consents: z.array(consent) }),
    handle: async ({ params: { relationRef }, query, caller }) => {
      findRelation(facts, relationRef, caller, own);
      if (caller.kind === 'staff') await consultations.keep({ relationRef, role: caller.role, purpose: query.purpose ?? null });
      return { body: { relationRef, consents: facts.list<ConsentEntry>('consent', relationRef).map(describeConsent) } };
    },
  });
}

function newReadRoute({ facts, mspId: own }: RelationRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/relations/{relationRef}',
    summary: 'A relation and the consent that counts now',
    access: { by: 'relation', delegates: true },
    audit: 'read',
    params,
    response: relation,
    handle: ({ params: { relationRef }, caller }) => {
      const { value, transactionId: id, block } = findRelation(facts, relationRef, caller, own);
      const { custodian, counterparty, kinds, assisted = false, createdAt, jws: text } = value;
      const current = facts.findConsent(relationRef);
      const shown = current === undefined ? null : describeConsent(current.signed);
      const described = { relationRef, custodian, counterparty, kinds, assisted, createdAt, jws: text, transactionId: id, block };
      return Promise.resolve({ body: { ...described, consent: shown, newestConsent: current?.newest ?? 0 } });
    },
  });
}

function newHistoryRoute({ facts, sealed, index, mspId: own }: RelationRoutesOptions): Route {
  return newRoute({
    method: 'get',
    path: '/api/relations/{relationRef}/history',
    summary: 'What happened in a relation: who, when, which purpose, on which consent, with what result',
    access: { by: 'relation', delegates: true },
    audit: 'read',
    params,
    response: history,
    handle: async ({ params: { relationRef }, caller }) => {
      const { value } = findRelation(facts, relationRef, caller, own);
      const isDelegate = caller.kind === 'relation' && caller.delegation !== undefined;
      const entries = isDelegate
        ? await readDelegateHistory({ mspId: own, facts, sealed, index }, value, caller.delegation)
        : await readHistory(facts, sealed, own, relationRef);
      return { body: { relationRef, entries } };
    },
  });
}

/** Staff see relations of their own organisation only; to others there is no such relation. */
export function findRelation(facts: Facts, relationRef: string, caller: Caller, own: MspId): Fact<RelationEntry> {
  const found = facts.find<RelationEntry>('relation', relationRef);
  const isParty = found?.value.custodian === own || found?.value.counterparty === own;
  if (found === undefined || (caller.kind === 'staff' && !isParty)) throw newError('RELATION_UNKNOWN', 'No such relation is known here');
  return found;
}

function describeConsent({
  value,
  transactionId: id,
  block,
}: {
  value: ConsentEntry;
  transactionId: string;
  block: number;
}): z.input<typeof consent> {
  const { version, status, validity, submitBy, document, delegation = null, issuedAt, recordedAt, witness, jws: text } = value;
  const described = { version, status, validity, submitBy, document, delegation, issuedAt, recordedAt, ...(witness && { witness }) };
  return { ...described, jws: text, transactionId: id, block };
}
