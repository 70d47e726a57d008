import type { AdjudicationDocument, AdjudicationEntry, ClaimBody, ClaimEntry } from '@medaccord/chaincode/model';
import { listDrawn } from '../claim-papers/list-drawn';
import { openAdjudication } from '../claim-papers/read-chain';
import { checkAdjudication, type AdjudicationVerdict, type OtherAdjudication } from '../claims';
import type { AdjudicationOptions } from './adjudication-options';
import { openCoverage } from './open-coverage';

/** An adjudication with what it is of. */
export interface CheckedPapers {
  readonly claim: ClaimEntry;
  readonly body: ClaimBody;
  readonly entry: AdjudicationEntry;
  readonly document: AdjudicationDocument;
  /** Of the coverage. */
  readonly all: readonly AdjudicationEntry[];
}

/** Works an adjudication of this insurer out again, as its hospital and its patient do; null as long as the terms have not arrived. */
export async function checkClaim(options: AdjudicationOptions, { all, ...papers }: CheckedPapers): Promise<AdjudicationVerdict | null> {
  const { facts } = options;
  const { claim } = papers;
  const coverage = await openCoverage(options, claim);
  if (typeof coverage !== 'object') return null;
  const { versions, terms, plans } = coverage;
  const { reversedBy } = papers.document;
  const reversing = reversedBy === null ? undefined : facts.find<ClaimEntry>('claim', claim.relationRef, reversedBy)?.value;
  const others = await openOthers(options, all, papers);
  return checkAdjudication({ ...papers, versions, terms, plans, others, reversing });
}

/** The one at the place before, the earlier ones of the same claim, and those of the preauthorizations that it draws on. */
async function openOthers(
  options: AdjudicationOptions,
  all: readonly AdjudicationEntry[],
  { entry, document, body }: Omit<CheckedPapers, 'all'>,
): Promise<readonly OtherAdjudication[]> {
  const { facts } = options;
  const drawn = listDrawn([{ body }]);
  const open = async (one: AdjudicationEntry): Promise<OtherAdjudication> => ({
    document: await openAdjudication(options, one),
    use: facts.find<ClaimEntry>('claim', one.relationRef, one.claimId)?.value.use ?? 'claim',
  });
  const isOther = (one: AdjudicationEntry): boolean => one.claimId !== entry.claimId || one.n !== entry.n;
  const named = all.filter((one) => isOther(one) && (one.claimId === entry.claimId || drawn.includes(one.claimId)));
  const opened = await Promise.all(named.map(open));
  const isBefore = (one: OtherAdjudication): boolean => one.document.position === document.position - 1;
  if (document.position === 1 || opened.some(isBefore)) return opened;
  for (const one of all.filter((other) => isOther(other) && !named.includes(other)).reverse()) {
    const other = await open(one);
    if (isBefore(other)) return [...opened, other];
  }
  return opened;
}
