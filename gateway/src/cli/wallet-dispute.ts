import { findRecipients, StoryError, type Answers } from '../story';
import type { ClaimPaper, ClaimPapers } from '../claims';
import { newRelationToken, signAppeal, type SignedAppeal, type Wallet, type WalletRelation } from '../wallet';
import type { Ways } from './bring-consent';
import { CliError } from './cli-error';
import { print } from './command';

/** What `wallet dispute` was called with. */
export type DisputeCommand = {
  readonly wallet: Wallet;
  readonly relation: WalletRelation;
  readonly ways: Pick<Ways, 'members' | 'clientOf'>;
  readonly claimId: string;
  readonly grounds: string;
  /** The authority that is to decide; undefined: the insurer. */
  readonly authority: string | undefined;
  readonly json: boolean;
};

/** Others may take a number at the same time. */
const mostTries = 4;

/** Appeals against the newest decision of a claim, with one signature, through any member. @throws {CliError} CLAIM_UNKNOWN; {StoryError} */
export async function dispute(command: DisputeCommand): Promise<void> {
  const { relation, claimId, json } = command;
  const { adjudications, appeals } = await readPaper(command);
  const n = adjudications.at(-1)?.entry.n;
  if (n === undefined)
    throw new CliError('CLAIM_UNDECIDED', 'The insurer has not decided this claim yet.', '`wallet claims` tells where it stands.');
  const first = Math.max(0, ...appeals.map(({ appeal }) => appeal.number)) + 1;
  const { appeal } = await appealFrom(command, n, first);
  if (json) print(JSON.stringify({ relationRef: relation.relationRef, claimId, number: appeal.number, decideBy: appeal.decideBy }));
  else
    print(
      `Signed: appeal ${String(appeal.number)} is on the ledger. ${appeal.authority ?? relation.counterparty} decides by ${appeal.decideBy}.`,
    );
}

async function readPaper({ wallet, relation, ways, claimId }: DisputeCommand): Promise<ClaimPaper> {
  const { relationRef, custodian } = relation;
  const hospital = ways.members.find(({ mspId }) => mspId === custodian);
  const token = await newRelationToken(wallet, relationRef, custodian);
  const papers = hospital && (await ways.clientOf(hospital).get<ClaimPapers>(`/api/relations/${relationRef}/claims`, { token }));
  const paper = papers?.claims.find(({ claim }) => claim.claimId === claimId);
  if (paper === undefined)
    throw new CliError('CLAIM_UNKNOWN', 'Nobody has made such a claim in this relation.', '`wallet claims` lists them.');
  return paper;
}

async function appealFrom(command: DisputeCommand, n: number, first: number): Promise<Answers['appeal']> {
  const { wallet, relation, ways, claimId, grounds, authority = null } = command;
  const { relationRef, custodian, counterparty } = relation;
  const parties = [custodian, counterparty, ...(authority === null ? [] : [authority])];
  for (let number = first; ; number += 1) {
    try {
      return await askEach(ways, async (client) => {
        const recipients = await findRecipients(
          client,
          parties.map((mspId) => ({ mspId })),
        );
        return signAppeal(wallet, { relationRef, claimId, n, number, authority, text: grounds }, recipients);
      });
    } catch (error) {
      if (!(error instanceof StoryError) || error.code !== 'APPEAL_NUMBER_TAKEN' || number - first + 1 === mostTries) throw error;
    }
  }
}

/** Hands in one signed appeal by the first gateway that answers: the same statement has one effect. */
async function askEach(
  { members, clientOf }: DisputeCommand['ways'],
  sign: (client: ReturnType<Ways['clientOf']>) => Promise<SignedAppeal>,
): Promise<Answers['appeal']> {
  let signed: SignedAppeal | undefined;
  let failure: unknown;
  for (const member of members) {
    const client = clientOf(member);
    try {
      signed ??= await sign(client);
      return await client.post<Answers['appeal']>('/api/appeals', signed);
    } catch (error) {
      if (!(error instanceof StoryError) || error.code !== 'GATEWAY_UNREACHABLE') throw error;
      failure = error;
    }
  }
  throw failure;
}
