import {
  explanationRef,
  noticeRef,
  parseAdjudicationDocument,
  parseUtf8,
  redisclosureNoticeRef,
  type AdjudicationDocument,
  type ClaimId,
  type RedisclosureId,
  type RelationRef,
  type RequestId,
  type SealedRef,
} from '@medaccord/chaincode/model';
import { DecryptFailed, PATIENT, open } from '../crypto';
import { deriveKeys } from './derive-keys';
import { findRelation, type Wallet } from './wallet';

/** Opens a notice that a custodian sealed to the patient about one request. @throws {WalletUnknown}, {DecryptFailed} */
export function openNotice(wallet: Wallet, relationRef: string, requestId: string, envelope: string): Promise<unknown> {
  return openSealed(wallet, noticeRef(relationRef as RelationRef, requestId as RequestId), envelope);
}

/** Opens what a counterparty sealed to the patient about a redisclosure. @throws {WalletUnknown}, {DecryptFailed} */
export function openRedisclosure(wallet: Wallet, relationRef: string, redisclosureId: string, envelope: string): Promise<unknown> {
  return openSealed(wallet, redisclosureNoticeRef(relationRef as RelationRef, redisclosureId as RedisclosureId), envelope);
}

/** Opens an insurer's decision about a claim of the patient. @throws {WalletUnknown}, {DecryptFailed}, {RequestInvalid} */
export async function openExplanation(
  wallet: Wallet,
  relationRef: string,
  { claimId, n, envelope }: { readonly claimId: string; readonly n: number; readonly envelope: string },
): Promise<AdjudicationDocument> {
  const place = explanationRef(relationRef as RelationRef, claimId as ClaimId, n);
  return parseAdjudicationDocument(await openSealed(wallet, place, envelope), 'explanation');
}

async function openSealed(wallet: Wallet, place: SealedRef, envelope: string): Promise<unknown> {
  const relation = findRelation(wallet, place.ref);
  const { sealing } = await deriveKeys(wallet.seed, relation.relationRef);
  const text = parseUtf8(await open(sealing, { ...place, recipient: PATIENT }, envelope));
  if (text === undefined) throw new DecryptFailed();
  return JSON.parse(text);
}
