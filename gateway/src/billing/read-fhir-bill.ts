import type { ClaimBody, SubjectRef } from '@medaccord/chaincode/model';
import { invalid, itemReferencesOf, listOf, parseFhirClaim } from '../claims';
import { parseLosslessJson, parseReference, type JsonObject } from '../fhir';
import { newError } from '../problem';
import type { BillingOptions } from './billing-options';
import type { WishedBill, WishedLine } from './claim-wish';

type Reading = Pick<BillingOptions, 'store' | 'records'>;

/** For whom, and for what it is billed. */
interface Purpose extends Pick<ClaimBody, 'use'> {
  readonly subjectRef: SubjectRef;
}

/**
 * What a Claim of the hospital's own FHIR store bills. A line without a reference of its own belongs to the encounter of the claim.
 * @throws CodedError RESOURCE_NOT_FOUND; FhirClaimError
 */
export async function readFhirBill({ store, records }: Reading, reference: string, { subjectRef, use }: Purpose): Promise<WishedBill> {
  const name = parseReference(reference);
  const held = name?.type === 'Claim' ? store.index.findResource('Claim', name.id) : undefined;
  if (held?.subjectRef !== subjectRef) throw newError('RESOURCE_NOT_FOUND', 'This organisation holds no such Claim of this patient');
  const { text } = await records.read(held.recordId);
  const resource = parseLosslessJson(text) as JsonObject;
  assertMeant(resource, use);
  return readBill(resource);
}

/** What was made to ask in advance, is not finished, or was taken back by its author, bills nothing. */
function assertMeant(claim: JsonObject, use: ClaimBody['use']): void {
  const isStanding = claim['status'] === 'active' || (claim['status'] === 'draft' && use !== 'claim');
  if (!isStanding) throw invalid('Claim.status', 'must be active, or draft where it only asks.');
  if (use === 'claim' && claim['use'] !== 'claim') throw invalid('Claim.use', 'must be claim: what asks in advance bills nothing.');
}

function readBill(claim: JsonObject): WishedBill {
  const { type, currency, lines } = parseFhirClaim(claim);
  const items = listOf(claim['item'], 'Claim.item').map(({ value }) => value);
  const referencesOf = (item: JsonObject | undefined): string[] =>
    item === undefined ? [] : itemReferencesOf(claim, item).flatMap(({ reference }) => reference ?? []);
  const encounters = items.flatMap((item) => referencesOf(item)).filter((reference) => parseReference(reference)?.type === 'Encounter');
  const bill = lines.map(({ recordTypes: _, ...line }): WishedLine => {
    const own = referencesOf(items.find((item) => item['sequence'] === line.sequence));
    return { ...line, records: own.length > 0 ? own : encounters.slice(0, 1) };
  });
  return { type, currency, lines: bill };
}
