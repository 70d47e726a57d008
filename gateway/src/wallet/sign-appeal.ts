import {
  appealRef,
  formatCanonical,
  formatInstant,
  formatUtf8,
  groundsPreimage,
  parseAppealPaper,
  type AppealPaper,
  type ClaimId,
  type MspId,
} from '@medaccord/chaincode/model';
import { commit, newSalt, seal, signJws } from '../crypto';
import { deriveKeys } from './derive-keys';
import { hashEnvelopes, type Recipient } from './sign-consent';
import { findRelation, type Wallet } from './wallet';

/** What is handed to any member's gateway (POST /api/appeals). `grounds` holds them sealed to each recipient. */
export type SignedAppeal = { readonly appeal: string; readonly grounds: Readonly<Record<string, string>> };

export type AppealWish = {
  readonly relationRef: string;
  readonly claimId: string;
  /** The adjudication that it is against. */
  readonly n: number;
  /** Its place among the appeals of the claim. */
  readonly number: number;
  /** The authority that is to decide; null: the insurer. */
  readonly authority: string | null;
  readonly text: string;
};

/**
 * Signs an appeal of the patient against an adjudication.
 * @param recipients hospital and insurer, and the authority if there is one
 * @throws {WalletUnknown}, {RequestInvalid}
 */
export async function signAppeal(
  wallet: Wallet,
  { relationRef, claimId, n, number, authority, text }: AppealWish,
  recipients: readonly Recipient[],
): Promise<SignedAppeal> {
  const relation = findRelation(wallet, relationRef);
  const paper = parseAppealPaper({ relationRef: relation.relationRef, claimId, number, text, salt: newSalt() }, 'grounds');
  const { signing } = await deriveKeys(wallet.seed, relation.relationRef);
  const grounds = await sealGrounds(paper, recipients);
  const statement = {
    ...{ relationRef: paper.relationRef, claimId: claimId as ClaimId, number, n },
    ...{ level: authority === null ? ('insurer' as const) : ('authority' as const), authority: authority as MspId | null },
    grounds: await commit(groundsPreimage(paper)),
    sealed: await hashEnvelopes(grounds),
    issuedAt: formatInstant(Date.now()),
  };
  return { appeal: await signJws('appeal', statement, signing), grounds };
}

async function sealGrounds(paper: AppealPaper, recipients: readonly Recipient[]): Promise<Record<string, string>> {
  const ref = appealRef(paper.relationRef, paper.claimId, paper.number);
  const plaintext = formatUtf8(formatCanonical(paper));
  const sealed = recipients.map(async ({ mspId, key }) => [mspId, await seal(key, { ...ref, recipient: mspId }, plaintext)] as const);
  return Object.fromEntries(await Promise.all(sealed));
}
