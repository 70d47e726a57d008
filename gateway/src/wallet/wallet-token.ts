import { addMinutes, formatInstant, type MspId } from '@medaccord/chaincode/model';
import { signJws } from '../crypto';
import { deriveKeys } from './derive-keys';
import { findRelation, type Wallet } from './wallet';

const LIVES_MINUTES = 5;

/** A bearer token for one relation at one member's gateway, good for five minutes. @throws {WalletUnknown} */
export async function newRelationToken(wallet: Wallet, relationRef: string, audience: MspId): Promise<string> {
  const relation = findRelation(wallet, relationRef);
  const { signing } = await deriveKeys(wallet.seed, relation.relationRef);
  return signJws('wallet-token', { relationRef: relation.relationRef, audience, ...newLifetime() }, signing);
}

/** From now until a token ends. */
export function newLifetime(): { issuedAt: ReturnType<typeof formatInstant>; expiresAt: ReturnType<typeof formatInstant> } {
  const issuedAt = formatInstant(Date.now());
  return { issuedAt, expiresAt: addMinutes(issuedAt, LIVES_MINUTES) };
}
