import {
  addMinutes,
  type Actor,
  type ConsentDocument,
  type ConsentHeader,
  type EndId,
  type Instant,
  type MspId,
  type Period,
  type TransactionRequest,
  type TransactionResponse,
} from '../../src/model';
import type { Consortium } from './story';
import { CLINIC, HOSPITAL, RULES } from './story';
import { commit, newRef, type PatientRelation } from './wallet';

const HOURS = RULES.deadlines.assistedHours;

/** The instant so many hours after another: by default the delay of the rules. */
export const later = (at: string, hours = HOURS): Instant => addMinutes(at as Instant, hours * 60);
/** A validity that may begin, of what is signed at an instant. */
export const validityFrom = (at: string): Period => ({ from: later(at), until: later(at, 24 * 365) });
/** The pseudonym that the hospital's gateway has for one of its people. */
export const personOf = (name: string): Actor => commit(Buffer.from(name)) as string as Actor;
export const WITNESS = personOf('ruth');
export const NOTIFIER = personOf('nora');

type Version = Partial<ConsentHeader> & { with?: ConsentDocument };

/** The request of a check-in with a card: its first consent permits nothing. */
export function checkInByCard(relation: PatientRelation, at: string, change: Version = {}): TransactionRequest<'RegisterRelation'> {
  const nothing = relation.document(1, [{ base: 'deny', exceptions: [] }]);
  const consent = relation.consent(1, { with: nothing, validity: validityFrom(at), ...change });
  return { relation: relation.registration(), consent, witness: WITNESS };
}

/** A consent to laboratory and psychiatry, and to what is restricted, by card: the hospital's registrar is the witness. */
export async function consentByCard(
  twin: Consortium,
  relation: PatientRelation,
  at: string,
  { version = 2, ...change }: Version = {},
): Promise<ConsentDocument> {
  const document = relation.document(version, [
    { base: 'permit', exceptions: [{ decision: 'permit', categories: ['laboratory', 'psychiatry'], confidentiality: 'V' }] },
  ]);
  const consent = relation.consent(version, { with: document, validity: validityFrom(at), ...change });
  await twin.submit(await twin.identity(HOSPITAL, 'registrar'), 'RecordConsent', { consent, witness: WITNESS }, { at });
  return document;
}

/** Somebody else of the hospital tells the patient. */
export async function notify(
  twin: Consortium,
  { relationRef }: PatientRelation,
  { version = 2, at }: { version?: number; at: string },
): Promise<TransactionResponse<'RecordNotice'>> {
  const request = { relationRef, version, channel: 'post' as const, person: NOTIFIER };
  return twin.submit(await twin.identity(HOSPITAL, 'records'), 'RecordNotice', request, { at });
}

/** A registrar ends, on the patient's word. */
export async function endOnHerWord(
  twin: Consortium,
  { relationRef }: PatientRelation,
  { version = 2, by = CLINIC, at }: { version?: number; by?: MspId; at?: string } = {},
): Promise<TransactionResponse<'EndAssistedConsent'>> {
  const request = { relationRef, version, endId: newRef<EndId>() };
  return twin.submit(await twin.identity(by, 'registrar'), 'EndAssistedConsent', request, at === undefined ? {} : { at });
}
