import {
  claimPreimage,
  claimRef,
  parseAdjudicationDocument,
  parseClaimBody,
  parseJson,
  type Adjudication,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimBody,
  type ClaimEntry,
} from '@medaccord/chaincode/model';
import { assertOpens } from '../crypto';
import { newError } from '../problem';
import type { PapersOptions } from './collect-papers';
import { findStandingClaim, type StandingClaim } from './standing-claim';

/** An adjudication as the hospital shows it to its people; the document is null until it has arrived and was checked. */
export interface ShownAdjudication extends Pick<AdjudicationEntry, 'n' | 'outcome' | 'status' | 'manner' | 'isOverridden' | 'at'> {
  readonly document: (Omit<AdjudicationDocument, 'salt' | 'decided'> & { readonly decided: ShownDecision | null }) | null;
  /** What came of working it out again. */
  readonly check: { readonly verdict: string; readonly problems: readonly string[] } | null;
}

type ShownDecision = Omit<NonNullable<AdjudicationDocument['decided']>, 'result'> & { readonly result: Adjudication };

export interface ShownClaim extends Omit<StandingClaim, 'claim' | 'adjudications'> {
  readonly claim: ClaimEntry;
  readonly transactionId: string;
  readonly block: number;
  /** What was billed, without what opens the records' commitments. */
  readonly bill: Pick<ClaimBody, 'type' | 'currency'> & { readonly lines: readonly ShownLine[] };
  readonly adjudications: readonly ShownAdjudication[];
}

type ShownLine = Omit<ClaimBody['lines'][number], 'records' | 'item'> & {
  readonly records: readonly { readonly recordId: string; readonly version: number; readonly type: string }[];
};

/** A claim of this hospital, whole. @throws CodedError RESOURCE_NOT_FOUND */
export async function readClaim(options: PapersOptions, relationRef: string, claimId: string): Promise<ShownClaim> {
  const standing = findStandingClaim(options.facts, relationRef, claimId);
  if (standing === undefined) throw newError('RESOURCE_NOT_FOUND', 'There is no such claim in this relation');
  const { claim, adjudications, ...more } = standing;
  const { type, currency, lines } = await readBody(options, claim.value);
  return {
    ...more,
    ...{ claim: claim.value, transactionId: claim.transactionId, block: claim.block },
    bill: { type, currency, lines: lines.map(showLine) },
    adjudications: adjudications.map((entry) => showAdjudication(options, entry)),
  };
}

/** The body of a claim from the hospital's own collection. @throws CodedError RESOURCE_NOT_FOUND; CommitmentMismatch, DecryptFailed */
export async function readBody({ sealed }: Pick<PapersOptions, 'sealed'>, { relationRef, claimId, body }: ClaimEntry): Promise<ClaimBody> {
  const text = await sealed.openText(claimRef(relationRef, claimId));
  if (text === undefined) throw newError('RESOURCE_NOT_FOUND', 'The body of this claim is not here');
  const opened = parseJson(parseClaimBody, text, 'body');
  await assertOpens(body, claimPreimage(opened));
  return opened;
}

function showLine({ records, item: _, ...line }: ClaimBody['lines'][number]): ShownLine {
  return { ...line, records: records.map(({ subjectSalt: _salt, ...record }) => record) };
}

function showAdjudication({ adjudicated }: PapersOptions, entry: AdjudicationEntry): ShownAdjudication {
  const { relationRef, claimId, n, outcome, status, manner, isOverridden, at } = entry;
  const row = adjudicated.find({ relationRef, claimId, n });
  const shown = { n, outcome, status, manner, isOverridden, at };
  if (row === undefined) return { ...shown, document: null, check: null };
  const check = { verdict: row.verdict, problems: row.problems };
  return { ...shown, document: row.document === '' ? null : showDocument(row.document), check };
}

function showDocument(text: string): NonNullable<ShownAdjudication['document']> {
  const { salt: _, decided, ...document } = parseJson(parseAdjudicationDocument, text, 'document');
  return { ...document, decided: decided && { ...decided, result: JSON.parse(decided.result) as Adjudication } };
}
