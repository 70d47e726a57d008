import {
  adjudicationPreimage,
  claimPreimage,
  coveragePreimage,
  formatCanonical,
  parseAdjudicationDocument,
  parseCanonical,
  parseClaimBody,
  parseCoverageDocument,
  RequestInvalid,
  usedPreimage,
  type Accumulators,
  type AccumulatorEntry,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimBody,
  type ClaimEntry,
  type ClaimFacts,
  type CoverageDocument,
  type CoverageId,
  type CoverageStatement,
  type TransientInput,
} from '../model';
import { assertOpening } from '../signature';
import { checkerOf } from './checker';

type Input = TransientInput<'AdjudicateClaims'>;

/** The terms that the patient signed. @throws COMMITMENT_MISMATCH, RequestInvalid */
export function openTerms(text: string, { document, relationRef, coverageId }: CoverageStatement): CoverageDocument {
  const terms = parseCanonical(parseCoverageDocument, text, 'input.coverage');
  assertOpening(document, coveragePreimage(terms), 'terms of the coverage');
  if (terms.relationRef !== relationRef || terms.coverageId !== coverageId)
    throw new RequestInvalid('input.coverage', 'the terms of this coverage');
  return terms;
}

/** What a hospital billed, and that it is what its header says. @throws COMMITMENT_MISMATCH, RequestInvalid */
export function openBody(text: string, claim: ClaimEntry, place: string): ClaimBody {
  const body = parseCanonical(parseClaimBody, text, place);
  assertOpening(claim.body, claimPreimage(body), 'body of the claim');
  const said = ({ relationRef, claimId, use, coverageId, related }: Pick<ClaimEntry, keyof ClaimBody & keyof ClaimEntry>): string =>
    formatCanonical({ relationRef, claimId, use, coverageId, related });
  if (said(body) !== said(claim)) throw new RequestInvalid(place, 'of the same claim, use and coverage as its header');
  return body;
}

/** An adjudication's document as it is sent. @throws RequestInvalid */
export function parseDocument(text: string, place: string): AdjudicationDocument {
  return parseCanonical(parseAdjudicationDocument, text, place);
}

/**
 * The document of the adjudication that stands, exactly when one does.
 *
 * @throws COMMITMENT_MISMATCH, RequestInvalid
 */
export function openPrevious(
  text: string | undefined,
  { n, document }: Pick<AdjudicationEntry, 'n' | 'document'>,
  place: string,
): AdjudicationDocument | undefined {
  if ((text === undefined) !== (n === 0)) throw new RequestInvalid(place, 'the document of the adjudication that stands, if one does');
  if (text === undefined) return undefined;
  const opened = parseDocument(text, place);
  assertOpening(document, adjudicationPreimage(opened), 'document of the adjudication');
  return opened;
}

/**
 * What a preauthorization of a coverage allows, if it stands: decided, not taken back, and confirmed where it had to be.
 *
 * @throws COMMITMENT_MISMATCH, ADJUDICATION_INVALID
 */
export function openAuthorized(
  document: AdjudicationDocument,
  { claim, adjudication }: { readonly claim: ClaimEntry; readonly adjudication: AdjudicationEntry },
  coverageId: CoverageId,
): ClaimFacts['authorizations'] {
  assertOpening(adjudication.document, adjudicationPreimage(document), 'document of the preauthorization');
  const isStanding = claim.use === 'preauthorization' && claim.coverageId === coverageId && adjudication.status === 'final';
  checkerOf(claim)(isStanding, 'is no preauthorization that stands');
  return document.decided?.authorized ?? [];
}

/** What a coverage has used. @throws COMMITMENT_MISMATCH, RequestInvalid */
export function openUsed(opening: Input['used'], { used }: AccumulatorEntry): Accumulators {
  if ((opening === null) !== (used === null)) throw new RequestInvalid('input.used', 'what is used, once something was adjudicated');
  if (opening === null) return {};
  assertOpening(used, usedPreimage(opening.used, opening.salt), 'what is used');
  return opening.used;
}
