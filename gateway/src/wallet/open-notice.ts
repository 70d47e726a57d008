import { noticeRef, parseUtf8, type RequestId } from '@medaccord/chaincode/model';
import { DecryptFailed, PATIENT, open } from '../crypto';
import { deriveKeys } from './derive-keys';
import { findRelation, type Wallet } from './wallet';

/** Opens a notice that a custodian sealed to the patient about one request. @throws {WalletUnknown}, {DecryptFailed} */
export async function openNotice(wallet: Wallet, relationRef: string, requestId: string, envelope: string): Promise<unknown> {
  const relation = findRelation(wallet, relationRef);
  const { sealing } = await deriveKeys(wallet.seed, relation.relationRef);
  const context = { ...noticeRef(relation.relationRef, requestId as RequestId), recipient: PATIENT };
  const text = parseUtf8(await open(sealing, context, envelope));
  if (text === undefined) throw new DecryptFailed();
  return JSON.parse(text);
}
