import {
  addAccumulators,
  adjudicationPreimage,
  adjudicationRef,
  parseAdjudicationDocument,
  parseJson,
  usedPreimage,
  type Accumulators,
  type AccumulatorEntry,
  type Adjudication,
  type AdjudicationDocument,
  type AdjudicationEntry,
  type ClaimEntry,
  type Salt,
} from '@medaccord/chaincode/model';
import { assertOpens } from '../crypto';
import { newError } from '../problem';
import type { SealedReader } from '../sealed/sealed-reader';
import type { Facts } from '../store';
import type { CoverageName } from './coverage-name';

interface Options {
  readonly facts: Facts;
  readonly sealed: SealedReader;
}

/** Where the chain of a coverage's adjudications stands. */
export interface Chain {
  readonly position: number;
  readonly used: Accumulators;
  /** Under which the ledger commits to what is used; null before the first adjudication. */
  readonly salt: Salt | null;
  /** By which the newest adjudication went; null before the first. */
  readonly planId: string | null;
}

/**
 * What a coverage has used, as the newest of its adjudications left it: checked against the ledger's commitment.
 * @throws CommitmentMismatch; CodedError READ_MODEL_STALE as long as that adjudication is not in the read model
 */
export async function readChain(options: Options, name: CoverageName, { position, used }: AccumulatorEntry): Promise<Chain> {
  if (used === null) return { position, used: {}, salt: null, planId: null };
  for (const entry of listAdjudications(options, name).reverse()) {
    const document = await openAdjudication(options, entry);
    if (document.position !== position) continue;
    const after = usedAfter(options, document);
    await assertOpens(used, usedPreimage(after, document.salt));
    return { position, used: after, salt: document.salt, planId: document.planId };
  }
  throw newError('READ_MODEL_STALE', 'The newest adjudication of this coverage is not known here yet; try again');
}

/** Every adjudication of a coverage's claims, in the order in which they were made; confirming or settling one later changes no place. */
export function listAdjudications({ facts }: Options, { relationRef, coverageId }: CoverageName): AdjudicationEntry[] {
  return facts
    .list<AdjudicationEntry>('adjudication', relationRef)
    .filter(({ id, value }) => id !== value.claimId)
    .filter(({ value }) => facts.find<ClaimEntry>('claim', relationRef, value.claimId)?.value.coverageId === coverageId)
    .map(({ value }) => value)
    .sort((one, other) => ((one.at ?? '') < (other.at ?? '') ? -1 : Number(one.at !== other.at)));
}

/** The document of an adjudication as this insurer sealed it to itself. @throws CommitmentMismatch; CodedError CONTENT_NOT_ANCHORED */
export async function openAdjudication({ sealed }: Pick<Options, 'sealed'>, entry: AdjudicationEntry): Promise<AdjudicationDocument> {
  const { relationRef, claimId, n } = entry;
  return parseAdjudication(entry, await sealed.openText(adjudicationRef(relationRef, claimId, n)));
}

/** The document of an adjudication by its text. @throws as openAdjudication */
export async function parseAdjudication(
  { document: commitment }: AdjudicationEntry,
  text: string | undefined,
): Promise<AdjudicationDocument> {
  if (text === undefined || commitment === null) throw newError('CONTENT_NOT_ANCHORED', 'The document of an adjudication is not here');
  const document = parseJson(parseAdjudicationDocument, text, 'adjudication');
  await assertOpens(commitment, adjudicationPreimage(document));
  return document;
}

/** What an adjudication used: nothing of what is asked in advance, or taken back. */
export function usedBy({ facts }: Pick<Options, 'facts'>, { relationRef, claimId, decided }: AdjudicationDocument): Accumulators {
  const use = facts.find<ClaimEntry>('claim', relationRef, claimId)?.value.use;
  return decided === null || use !== 'claim' ? {} : (JSON.parse(decided.result) as Adjudication).used;
}

function usedAfter(options: Options, document: AdjudicationDocument): Accumulators {
  return addAccumulators(document.before, usedBy(options, document));
}
