import {
  breakGlassKey,
  consentDocumentRef,
  isOwnDocument,
  newError,
  parseAccessRequest,
  parseBreakGlass,
  parseRelationEntry,
  parseReview,
  relationKey,
  requestKey,
  reviewKey,
  type AccessRequest,
  type BreakGlass,
  type ConsentHeader,
  type MspId,
  type RelationEntry,
  type Review,
  type TransactionRequest,
} from '../model';
import { addOpenReview, endOpenReview, isBlocking, reviewBreakGlass, type DeclarationFacts } from '../break-glass';
import type { Ledger } from '../ledger';
import { assertStanding } from '../organisation';
import { newestConsentOf, organisationOf, participantOf, requestOf, rulesOf, sealForGood, signedConsentOf } from './facts';

/** What a declaration rests on; undefined for a request that names no unit. */
export async function declarationOf(
  ledger: Ledger,
  mspId: MspId,
  { unit, rules }: Pick<DeclarationFacts, 'rules'> & { readonly unit: DeclarationFacts['unit'] | undefined },
): Promise<DeclarationFacts | undefined> {
  return unit && { unit, rules, standing: await openReviewsOf(ledger, mspId, { unit, rules }) };
}

/**
 * What waits for review of a unit. Others could write anything there, and it must stop no emergency: junk counts as nothing, and before the
 * list stops a declaration each line is looked up.
 */
async function openReviewsOf(ledger: Ledger, mspId: MspId, { unit, rules }: UnitOf): Promise<BreakGlass | undefined> {
  const found = await ledger.readOrJunk(breakGlassKey(mspId, unit), parseBreakGlass);
  if (found === undefined || found === 'junk' || found.mspId !== mspId || found.unit !== unit) return undefined;
  if (!isBlocking(found, rules, ledger.now)) return found;
  const open: BreakGlass['open'][number][] = [];
  for (const line of found.open) open.push(...(await lookUp(ledger, found, line)));
  return { ...found, open };
}

type UnitOf = Omit<DeclarationFacts, 'standing'>;

/** The line as its request says it; none without the declaration, in a relation that its custodian's reviewer can look at, or with a review. */
async function lookUp(
  ledger: Ledger,
  { mspId, unit }: BreakGlass,
  { relationRef, requestId }: BreakGlass['open'][number],
): Promise<BreakGlass['open']> {
  const request = await ledger.readOrJunk(requestKey(relationRef, mspId, requestId), parseAccessRequest);
  const relation = await ledger.readOrJunk(relationKey(relationRef), parseRelationEntry);
  const review = await ledger.readOrJunk(reviewKey(relationRef, mspId, requestId), parseReview);
  if (request === undefined || request === 'junk' || relation === undefined || relation === 'junk') return [];
  if (request.breakGlass?.unit !== unit || relation.counterparty !== mspId || review !== undefined) return [];
  return [{ relationRef, requestId, reviewBy: request.breakGlass.reviewBy }];
}

/** Puts a declaration on its unit's list and announces it; false for a request that declares none. */
export async function recordDeclaration(ledger: Ledger, request: AccessRequest, standing: BreakGlass | undefined): Promise<boolean> {
  const unit = addOpenReview(request, standing);
  if (unit === undefined) return false;
  await ledger.write(breakGlassKey(unit.mspId, unit.unit), unit);
  const { relationRef, requestId } = request;
  ledger.emit({ name: 'BreakGlassDeclared', ids: { relationRef, requestId, mspId: unit.mspId } });
  return true;
}

/** Any other organisation's auditor, present by its own endorsement; taken off the unit's list with it. */
export async function reviewBreakGlassDesk(ledger: Ledger, review: TransactionRequest<'ReviewBreakGlass'>): Promise<Review> {
  const { relationRef, requester, requestId } = review;
  const { mspId } = ledger.caller;
  const request = await requestOf(ledger, review);
  const key = reviewKey(relationRef, requester, requestId);
  const standing = await ledger.read(key, parseReview);
  const entry = reviewBreakGlass(review, { request, standing }, participantOf(ledger.caller), ledger.now);
  if (entry === standing) return entry;
  const rules = await rulesOf(ledger);
  assertStanding(await organisationOf(ledger, mspId), rules);
  await ledger.requirePresence(mspId);
  await ledger.write(key, entry);
  await sealForGood(ledger, rules, [key]);
  const unit = request.breakGlass && (await openReviewsOf(ledger, requester, { unit: request.breakGlass.unit, rules }));
  if (unit !== undefined) await ledger.write(breakGlassKey(requester, unit.unit), endOpenReview(unit, entry));
  ledger.emit({ name: 'BreakGlassReviewed', ids: { relationRef, requestId, mspId: requester } });
  return entry;
}

export async function getReviewDesk(
  ledger: Ledger,
  { relationRef, requester, requestId }: TransactionRequest<'GetReview'>,
): Promise<Review> {
  const review = await ledger.read(reviewKey(relationRef, requester, requestId), parseReview);
  if (review === undefined) throw newError('REVIEW_NOT_FOUND', { relationRef, requestId });
  return review;
}

/**
 * The newest version with a document that the patient signed herself: where an express refusal of emergencies stands, until she signs another
 * document. Neither a revocation nor a closing, nor what delegates signed or others wrote over them, ends it. Reads as `newestConsentOf` does.
 *
 * @throws CONSENT_NOT_FOUND, CONSENT_NOT_CURRENT, CONSENT_INVALID
 */
export async function documentedConsentOf(ledger: Ledger, relation: RelationEntry, version: number): Promise<ConsentHeader> {
  await newestConsentOf(ledger, relation, version);
  for (let at = version; at >= 1; at -= 1) {
    const signed = await signedConsentOf(ledger, relation, at);
    if (signed !== undefined && isOwnDocument(signed)) return signed;
  }
  throw newError('CONSENT_INVALID', { relationRef: relation.relationRef, problem: 'carries no valid statement of the patient' });
}

/** Nobody keeps a refusal back: without a document is decided only when the custodian was never brought it. @throws RELEASE_NOT_PERMITTED */
export async function assertDocumentOpened(
  ledger: Ledger,
  consent: ConsentHeader,
  custodian: MspId,
  document: string | undefined,
): Promise<void> {
  if (document !== undefined) return;
  const held = await ledger.sealedDigest(custodian, consentDocumentRef(consent.relationRef, consent.version));
  if (held !== undefined) throw newError('RELEASE_NOT_PERMITTED', { reason: 'document-missing', at: 0 });
}
