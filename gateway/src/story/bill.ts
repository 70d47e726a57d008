import type { Adjudication, MspId } from '@medaccord/chaincode/model';
import { checkClaims, describeClaim, type CheckedClaim, type ClaimPapers } from '../claims';
import { newClaimOpeners, newRelationToken } from '../wallet';
import type { Answers } from './answers';
import { untilKnown } from './request-access';
import type { Bill, Plot, Stage } from './step';
import { StoryError } from './story-error';

const WAIT_SECONDS = 20;
const PATIENCE_MS = 60_000;

/** A claim and what the insurer decided, as the patient's wallet works it out. */
export type Billed = {
  readonly submitted: Answers['submittedClaim'];
  readonly checked: CheckedClaim;
  /** In plain words, for her alone: they say what was done. */
  readonly words: readonly string[];
};

/** The custodian bills; the insurer decides; the patient reads the explanation. @throws {StoryError} CLAIM_NOT_DECIDED */
export async function submitBill(stage: Stage, { wallet }: Pick<Plot, 'wallet'>, bill: Bill): Promise<Billed> {
  const { custodian } = stage.cast;
  const client = stage.clientOf(custodian);
  const options = { token: await stage.tokenOf(custodian, 'records'), waitSeconds: WAIT_SECONDS };
  const submitted = await untilKnown(() => client.post<Answers['submittedClaim']>('/api/claims', bill, options));
  const { relationRef } = bill;
  const path = `/api/claims/${relationRef}/${submitted.claimId}`;
  const until = Date.now() + PATIENCE_MS;
  const isDecided = ({ adjudications }: Answers['claim']): boolean => (adjudications.at(-1)?.check ?? null) !== null;
  while (!isDecided(await client.get<Answers['claim']>(path, options))) {
    if (Date.now() < until) continue;
    throw new StoryError('CLAIM_NOT_DECIDED', `Claim ${submitted.claimId} was not decided in time.`, {
      hint: "The adjudication agent runs in the insurer's gateway: see its log. Running the story again makes a new claim.",
    });
  }
  const token = await newRelationToken(wallet, relationRef, custodian.mspId as MspId);
  const papers = await client.get<ClaimPapers>(`/api/relations/${relationRef}/claims`, { token });
  const all = await checkClaims(papers, newClaimOpeners(wallet, relationRef));
  const checked = all.find(({ claim }) => claim.claimId === submitted.claimId);
  if (checked === undefined) throw new StoryError('STORY_CHECK_FAILED', 'It does not hold that the patient sees the claim.');
  return { submitted, checked, words: describeClaim(checked, papers.plans) };
}

/** What the rule's answer sums up to, in minor units; nothing where nothing is decided. */
export function totalsOf({ newest }: CheckedClaim): Pick<Adjudication['totals'], 'submitted' | 'benefit' | 'memberliability'> | undefined {
  const result = newest?.document.decided?.result;
  if (result === undefined) return undefined;
  const { submitted, benefit, memberliability } = (JSON.parse(result) as Adjudication).totals;
  return { submitted, benefit, memberliability };
}
