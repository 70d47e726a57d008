import {
  coveragePreimage,
  coverageRef,
  formatCanonical,
  formatInstant,
  formatUtf8,
  parseCoverageDocument,
  type CoverageDocument,
} from '@medaccord/chaincode/model';
import { commit, seal, signJws } from '../crypto';
import { deriveKeys } from './derive-keys';
import { hashEnvelopes, type Recipient } from './sign-consent';
import { findRelation, type Wallet } from './wallet';

/** What is handed to the insurer's gateway (POST /api/coverages). `documents` holds the terms sealed to hospital and insurer. */
export type SignedCoverage = { readonly coverage: string; readonly documents: Readonly<Record<string, string>> };

/** Terms that an insurer offers, and which version of the coverage they would be. */
export type OfferedCoverage = { readonly version: number; readonly document: unknown };

/**
 * Signs the terms of a coverage as they were offered; what is signed and sealed is made here, of the very terms that were read.
 * @throws {WalletUnknown}, {RequestInvalid} when the offer holds no terms
 */
export async function signCoverage(
  wallet: Wallet,
  { version, document }: OfferedCoverage,
  recipients: readonly Recipient[],
): Promise<SignedCoverage> {
  const terms = parseCoverageDocument(document, 'document');
  const { relationRef, coverageId } = terms;
  const { signing } = await deriveKeys(wallet.seed, findRelation(wallet, relationRef).relationRef);
  const documents = await sealTerms(terms, version, recipients);
  const statement = {
    relationRef,
    coverageId,
    version,
    document: await commit(coveragePreimage(terms)),
    sealed: await hashEnvelopes(documents),
    issuedAt: formatInstant(Date.now()),
  };
  return { coverage: await signJws('coverage', statement, signing), documents };
}

async function sealTerms(terms: CoverageDocument, version: number, recipients: readonly Recipient[]): Promise<Record<string, string>> {
  const ref = coverageRef(terms.relationRef, terms.coverageId, version);
  const plaintext = formatUtf8(formatCanonical(terms));
  const sealed = recipients.map(async ({ mspId, key }) => [mspId, await seal(key, { ...ref, recipient: mspId }, plaintext)] as const);
  return Object.fromEntries(await Promise.all(sealed));
}
