import {
  appealNoticeRef,
  explanationRef,
  noticeRef,
  parseAdjudicationDocument,
  parseAppealPaper,
  parseUtf8,
  redisclosureNoticeRef,
  type AdjudicationDocument,
  type AppealPaper,
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

/** Opens what is sealed to the patient about her claims in a relation: decisions of the insurer, and why appeals were decided so. */
export interface ClaimOpeners {
  /** @throws {WalletUnknown}, {DecryptFailed}, {RequestInvalid} */
  readonly explanation: (claimId: string, n: number, envelope: string) => Promise<AdjudicationDocument>;
  /** @throws likewise */
  readonly notice: (claimId: string, number: number, envelope: string) => Promise<AppealPaper>;
}

export function newClaimOpeners(wallet: Wallet, relationRef: string): ClaimOpeners {
  const ref = relationRef as RelationRef;
  return {
    explanation: async (claimId, n, envelope) =>
      parseAdjudicationDocument(await openSealed(wallet, explanationRef(ref, claimId as ClaimId, n), envelope), 'explanation'),
    notice: async (claimId, number, envelope) =>
      parseAppealPaper(await openSealed(wallet, appealNoticeRef(ref, claimId as ClaimId, number), envelope), 'notice'),
  };
}

async function openSealed(wallet: Wallet, place: SealedRef, envelope: string): Promise<unknown> {
  const relation = findRelation(wallet, place.ref);
  const { sealing } = await deriveKeys(wallet.seed, relation.relationRef);
  const text = parseUtf8(await open(sealing, { ...place, recipient: PATIENT }, envelope));
  if (text === undefined) throw new DecryptFailed();
  return JSON.parse(text);
}
