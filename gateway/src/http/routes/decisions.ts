import { parseRequestingPerson, type Category, type RelationEntry, type RequestingPerson } from '@medaccord/chaincode/model';
import { z } from 'zod';
import { clinicalRoles, type Caller } from '../../auth';
import { plainRecord, previewDraft, type CheckAnswer, type ConsentCheck, type StandingOptions } from '../../decision';
import { newError } from '../../problem';
import type { Consultations } from '../../relation/consultations';
import { newRoute, type Route } from '../route';
import { category, instant, mspId, period, purpose, reference } from './schemas';
import type { View, ViewOf } from './view-of';

export interface DecisionRoutesOptions extends StandingOptions {
  readonly check: Pick<ConsentCheck, 'decide' | 'decideOn'>;
  /** Somebody asked what a consent would say: kept before anything is answered. */
  readonly consultations: Pick<Consultations, 'keep'>;
  readonly viewOf: ViewOf;
}

const name = z.string().min(1).max(128).nullable();
const person = z.strictObject({ department: name, role: name, person: name, teams: z.array(z.string()).nullable() });

const question = z.strictObject({
  relationRef: reference,
  purpose,
  person: person.optional(),
  records: z.array(reference).min(1).max(500).optional(),
  categories: z.array(category).min(1).optional(),
});
type Question = z.output<typeof question>;

const ruling = z.object({
  recordId: reference.optional(),
  category: category.optional(),
  decision: z.enum(['permit', 'deny']),
  /** At the custodian alone. */
  reason: z.string().optional(),
  obligations: z.array(z.string()),
});

const recipient = z.object({
  kind: z.enum(['somebody', 'anybody-else', 'unattested']),
  department: name,
  role: name,
  person: name,
  team: name,
});

const preview = z.object({
  relationRef: reference,
  counterparty: mspId,
  consentVersion: z.int(),
  at: instant,
  records: z.array(z.object({ recordId: reference, version: z.int(), category, type: z.string() })),
  views: z.array(
    z.object({
      recipient,
      purpose,
      counts: z.object({ draft: z.int(), now: z.int(), gained: z.int(), lost: z.int() }),
      groups: z.array(
        z.object({
          category,
          draft: z.string(),
          now: z.string(),
          obligations: z.array(z.string()),
          records: z.array(reference),
        }),
      ),
    }),
  ),
  omitted: z.int(),
});

export function newDecisionRoutes(options: DecisionRoutesOptions): readonly Route[] {
  return [newCheckRoute(options), newPreviewRoute(options)];
}

function newCheckRoute(options: DecisionRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/decisions',
    summary: 'What the consent of a relation says now: of records at their custodian, of categories at the counterparty, too',
    access: { by: 'staff', roles: ['records', ...clinicalRoles] },
    audit: 'decision',
    body: question,
    lane: 'reads',
    response: z.object({
      relationRef: reference,
      purpose,
      consentVersion: z.int(),
      rulesVersion: z.int(),
      at: instant,
      decisions: z.array(ruling),
    }),
    handle: async ({ body, caller }) => {
      const answer = await checkConsent(options, body, caller);
      return { body: answer, verdict: answer.decisions.every(({ decision }) => decision === 'permit') ? 'permit' : 'deny' };
    },
  });
}

function newPreviewRoute(options: DecisionRoutesOptions): Route {
  return newRoute({
    method: 'post',
    path: '/api/relations/{relationRef}/preview',
    summary: "What each recipient would see of the patient's records by a consent that is not signed, and the difference from now",
    access: { by: 'relation' },
    audit: 'operation',
    params: z.strictObject({ relationRef: reference }),
    body: z.strictObject({
      sets: z.array(z.unknown()).min(1).max(20),
      validity: period.nullable().optional(),
      purposes: z.array(purpose).min(1).optional(),
    }),
    response: preview,
    handle: async ({ params: { relationRef }, body }) => ({ body: await previewDraft(options, relationRef, body) }),
  });
}

type Described = Readonly<Record<string, unknown>> & { readonly decisions: readonly Pick<z.output<typeof ruling>, 'decision'>[] };

async function checkConsent(options: DecisionRoutesOptions, asked: Question, caller: Caller): Promise<Described> {
  const { check, facts, mspId: own, consultations, viewOf } = options;
  const { relationRef, categories = [], records = [] } = asked;
  const relation = facts.find<RelationEntry>('relation', relationRef)?.value;
  if (relation === undefined || ![relation.custodian, relation.counterparty].includes(own))
    throw newError('RELATION_UNKNOWN', 'No such relation is known here');
  const isCustodian = relation.custodian === own;
  if ((records.length === 0) === (categories.length === 0))
    throw newError('REQUEST_INVALID', 'body: must name either records or categories');
  if (records.length > 0 && !isCustodian)
    throw newError('NOT_THE_CUSTODIAN', 'The records of this relation are at another organisation: ask by categories');
  const wish = { relationRef, purpose: asked.purpose, person: choosePerson(asked, caller, isCustodian) };
  const answer =
    records.length > 0
      ? await check.decide(wish, keepReached(viewOf(caller), records))
      : await check.decideOn(
          wish,
          categories.map((one) => plainRecord(one)),
        );
  await keepConsultation(consultations, asked, caller);
  return describe(answer, asked, isCustodian);
}

/** What the caller does not read is asked for as what never was. */
function keepReached({ held: { index } }: View, records: readonly string[]): readonly string[] {
  return records.map((recordId) => (index.find(recordId) === undefined ? '' : recordId));
}

async function keepConsultation(
  consultations: DecisionRoutesOptions['consultations'],
  { relationRef, purpose: asked }: Question,
  caller: Caller,
): Promise<void> {
  if (caller.kind === 'staff') await consultations.keep({ relationRef, role: caller.role, purpose: asked });
}

/** The custodian asks for others, as they are attested to it; the counterparty's staff ask for themselves. */
function choosePerson({ person: given }: Question, caller: Caller, isCustodian: boolean): RequestingPerson {
  const nobody = { department: null, role: null, person: null, teams: null };
  if (isCustodian) return given === undefined ? nobody : parseRequestingPerson(given, 'body.person');
  if (given !== undefined) throw newError('REQUEST_INVALID', 'body.person: is who asks, at the counterparty, and is not to be named');
  if (caller.kind !== 'staff') return nobody;
  const { department, role, subject, teams } = caller;
  return { department, role, person: subject, teams };
}

function describe(
  { standing, at, rulings }: CheckAnswer,
  { relationRef, purpose: code, records, categories }: Question,
  isCustodian: boolean,
): Described {
  const nameOf = (index: number): { recordId?: string | undefined; category?: Category | undefined } =>
    records === undefined ? { category: categories?.[index] } : { recordId: records[index] };
  const decisions = rulings.map(({ decision, reason, obligations }, index) => ({
    ...nameOf(index),
    decision,
    ...(isCustodian ? { reason } : {}),
    obligations,
  }));
  const { consent, rules } = standing;
  return { relationRef, purpose: code, consentVersion: consent.version, rulesVersion: rules.version, at, decisions };
}
