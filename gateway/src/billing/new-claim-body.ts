import { parseClaimBody, RequestInvalid, type ClaimBody, type ClaimId, type Digest, type Salt } from '@medaccord/chaincode/model';
import { tagOf } from '../claim-papers/tag-of';
import type { BillingOptions } from './billing-options';
import type { ClaimWish } from './claim-wish';
import { findBilledRelation } from './find-billed-relation';
import { newBodyLines } from './new-body-lines';
import { readFhirBill } from './read-fhir-bill';

/**
 * What a wish bills, with the records that support it.
 * @throws CodedError RELATION_UNKNOWN, NOT_THE_CUSTODIAN, BINDING_MISSING, RESOURCE_NOT_FOUND; RequestInvalid, FhirClaimError
 */
export async function newClaimBody(
  options: BillingOptions,
  { relationRef, coverageId, use, related, bill }: ClaimWish,
  { claimId, salt }: { readonly claimId: ClaimId; readonly salt: Salt },
): Promise<ClaimBody> {
  const { subjectRef } = await findBilledRelation(options, relationRef);
  const { type, currency, lines } = typeof bill === 'string' ? await readFhirBill(options, bill, { subjectRef, use }) : bill;
  const bodyLines = newBodyLines(options, lines, subjectRef);
  return parseClaimBody({ relationRef, claimId, use, coverageId, related, type, currency, lines: bodyLines, salt }, 'body');
}

/** The tags of a body's lines, in their order; none of what is only asked in advance, for that bills nothing. @throws RequestInvalid where two lines bill the same */
export function tagLines({ use, lines }: ClaimBody): Digest[] {
  if (use !== 'claim') return [];
  const tags = lines.map(tagOf);
  const twice = tags.findIndex((tag, at) => tags.indexOf(tag) !== at);
  if (twice < 0) return tags;
  throw new RequestInvalid(`body.lines[${String(twice)}]`, 'the only line of its service, record and day, with all its units');
}
