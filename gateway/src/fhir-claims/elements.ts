import { addDays, type Days } from '@medaccord/chaincode/model';
import { formatMoney } from '../claims';
import { parseNumber, type JsonObject } from '../fhir';
import { extensions, names } from './systems';

export type Coding = { readonly system: string; readonly code: string };

export function concept(...codings: readonly Coding[]): JsonObject {
  return { coding: codings.map(({ system, code }) => ({ system, code })) };
}

/** Minor units as FHIR Money, in decimal text: exact. */
export function moneyOf(amount: number, currency: string): JsonObject {
  return { value: parseNumber(formatMoney(amount, currency)), currency };
}

/** An id of the ledger as a FHIR id, which may hold a point and no underscore; base64url has it the other way round. */
export function fhirIdOf(id: string): string {
  return id.replaceAll('_', '.');
}

/** The id of the ledger again. */
export function ledgerIdOf(id: string): string {
  return id.replaceAll('.', '_');
}

/** The patient is known by the pseudonym of the relation. */
export function patientOf(relationRef: string): JsonObject {
  return { type: 'Patient', identifier: { system: names.relation, value: relationRef } };
}

export function memberOf(mspId: string): JsonObject {
  return { type: 'Organization', identifier: { system: names.member, value: mspId } };
}

/** The last day of a FHIR Period belongs to it; `until` does not. */
export function periodOf({ from, until }: Days): JsonObject {
  return { start: from, ...(until !== null && { end: addDays(until, -1) }) };
}

/** In the place of an element that must be there and is sealed to others. */
export function masked(): JsonObject {
  return { extension: [{ url: extensions.dataAbsent, valueCode: 'masked' }] };
}
