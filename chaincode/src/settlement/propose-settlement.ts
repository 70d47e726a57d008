import {
  adjudicationPreimage,
  isSameStatement,
  newError,
  paidBy,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimEntry,
  type Digest,
  type Instant,
  type Jwk,
  type Participant,
  type SettledClaim,
  type SettlementDocument,
  type SettlementEntry,
  type Signed,
} from '../model';
import type { Attested } from '../proof';
import { assertSignedBy, isOpening } from '../signature';

/** The statements around one that is proposed. */
export interface SettlementChain {
  readonly standing: Attested<SettlementEntry>;
  /** The newest before it that counts. */
  readonly before: SettlementEntry | undefined;
  /** Whether it is the first, or anything stands right before it: what others wrote there stops that number only. */
  readonly isContinued: boolean;
}

/**
 * The entry of the next statement, which the insurer signed; the standing one when it is the same. Until the hospital signs it, another one
 * can take its place.
 *
 * @param sealed SHA-256 of the document sealed to hospital and insurer
 * @throws CALLER_NOT_INSURER, SIGNATURE_INVALID, COMMITMENT_MISMATCH, SETTLEMENT_ALREADY_SIGNED, SETTLEMENT_NOT_NEXT
 */
export function proposeSettlement(
  signed: Signed<'settlement'>,
  chain: SettlementChain,
  { key, sealed }: { readonly key: Jwk; readonly sealed: Readonly<Record<'hospital' | 'insurer', Digest>> },
  { by, at }: { readonly by: Participant; readonly at: Instant },
): SettlementEntry {
  const { issuedAt: _, sealed: named, ...statement } = signed.payload;
  const { hospital, insurer } = statement;
  if (by.mspId !== insurer) throw newError('CALLER_NOT_INSURER', { mspId: by.mspId });
  assertSignedBy(signed, key);
  const { standing } = chain;
  if (standing !== undefined && standing !== 'junk' && isSameStatement(standing.proposal, signed.jws)) return standing;
  assertNext(statement, chain);
  if (named[hospital] !== sealed.hospital || named[insurer] !== sealed.insurer)
    throw newError('COMMITMENT_MISMATCH', { of: 'sealed statement' });
  return { ...statement, proposal: signed.jws, by, proposedAt: at, signature: null, signedBy: null, signedAt: null };
}

function assertNext(
  { number: n, previous }: Pick<SettlementEntry, 'number' | 'previous'>,
  { standing, before, isContinued }: SettlementChain,
): void {
  const isFree = standing === undefined || (standing !== 'junk' && standing.signature === null);
  if (!isFree) throw newError(standing === 'junk' ? 'SETTLEMENT_NOT_NEXT' : 'SETTLEMENT_ALREADY_SIGNED', { n });
  const follows = before === undefined ? previous === null : before.signature !== null && previous === before.document;
  if (!isContinued || !follows) throw newError('SETTLEMENT_NOT_NEXT', { n });
}

/** What a claim of a statement is judged by. */
export interface SettledFacts {
  readonly claim: ClaimEntry;
  /** The insurer's newest, and all that it ever wrote. */
  readonly adjudication: AdjudicationEntry;
  readonly history: readonly AdjudicationEntry[];
  readonly document: AdjudicationDocument;
  readonly after: AdjudicationDocument | undefined;
}

/**
 * Checks a line of a statement: it settles the newest adjudication of a claim of the two, final, follows what was settled of the claim
 * before, and says what is due for it.
 *
 * @throws SETTLEMENT_INVALID
 */
export function checkSettledClaim(settlement: SettlementDocument, line: SettledClaim, facts: SettledFacts): void {
  const check = (holds: boolean, problem: string): void => {
    if (!holds) throw newError('SETTLEMENT_INVALID', { n: settlement.number, problem });
  };
  const { claim, adjudication, document, after } = facts;
  check(claim.hospital === settlement.hospital && claim.insurer === settlement.insurer, 'names a claim of others');
  check(claim.use === 'claim', 'names a claim that bills nothing');
  check(adjudication.n === line.n && adjudication.status === 'final', 'names an adjudication that is not the newest, or not final');
  check(isOpening(adjudication.document, adjudicationPreimage(document)), 'opens another adjudication than it names');
  check((adjudication.settled?.n ?? null) === line.after, 'does not follow what was settled of a claim before');
  check((after === undefined) === (line.after === null), 'does not open what was settled of a claim before');
  check(after === undefined || isOf(facts.history, after, line.after), 'opens another adjudication than was settled before');
  check(line.n !== line.after, 'settles an adjudication twice');
  check(line.benefit === paidBy(document) - (after === undefined ? 0 : paidBy(after)), 'says another benefit than the adjudication');
}

function isOf(history: readonly AdjudicationEntry[], document: AdjudicationDocument, n: number | null): boolean {
  return history.some((entry) => entry.n === n && isOpening(entry.document, adjudicationPreimage(document)));
}
