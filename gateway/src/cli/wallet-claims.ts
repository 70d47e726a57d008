import { checkClaims, describeClaim, type ClaimPapers } from '../claims';
import type { GatewayClient } from '../story';
import { newClaimOpeners, type Wallet } from '../wallet';
import { print } from './command';

interface ClaimsWish {
  readonly wallet: Wallet;
  readonly relationRef: string;
  /** Of the relation's hospital. */
  readonly client: GatewayClient;
  readonly token: string;
  readonly json: boolean;
}

/** Every claim about the patient in a relation, opened and worked out again. */
export async function showClaims({ wallet, relationRef, client, token, json }: ClaimsWish): Promise<void> {
  const papers = await client.get<ClaimPapers>(`/api/relations/${relationRef}/claims`, { token });
  const claims = await checkClaims(papers, newClaimOpeners(wallet, relationRef));
  if (json) print(JSON.stringify({ relationRef, claims }));
  else if (claims.length === 0) print('Nobody has billed anything in this relation.');
  else for (const claim of claims) for (const line of describeClaim(claim, papers.plans)) print(line);
}
