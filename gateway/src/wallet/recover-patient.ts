import {
  formatCanonical,
  formatInstant,
  formatUtf8,
  parseSigned,
  payloadBytes,
  type Digest,
  type Guardians,
  type Instant,
  type Jwk,
  type Keys,
  type MspId,
  type SubjectRef,
} from '@medaccord/chaincode/model';
import { hashBytes, importSigningKey, parseBase64url, signJws, type PrivateJwk, type SigningKey } from '../crypto';
import { deriveKeys, deriveRecoveryKey } from './derive-keys';
import { findPatient, type Wallet } from './wallet';

/** What a patient signs when keys are lost, and what her guardians sign. `current` is the latest statement about her on the ledger (JWS). */

/** Most replacements of keys that are looked through for the recovery key in force. */
const MOST_GENERATIONS = 100;

/** Names the guardians: their keys, and how many of them must approve a recovery. @throws {WalletUnknown}, {RequestInvalid} */
export async function signGuardians(wallet: Wallet, subjectRef: SubjectRef, current: string, guardians: Guardians): Promise<string> {
  const { generation } = findPatient(wallet, subjectRef);
  const { signing } = await deriveKeys(wallet.seed, subjectRef, generation);
  const statement = await signJws('patient-guardians', { ...(await newStep(subjectRef, current)), guardians }, signing);
  return parseSigned('patient-guardians', statement, 'guardians').jws;
}

/** Ends a hold, and the recovery under it: the wallet has the patient's signing key. @throws {WalletUnknown} */
export async function signVeto(wallet: Wallet, subjectRef: SubjectRef, current: string): Promise<string> {
  const { generation } = findPatient(wallet, subjectRef);
  const { signing } = await deriveKeys(wallet.seed, subjectRef, generation);
  return signJws('patient-veto', await newStep(subjectRef, current), signing);
}

/** Ends a hold, and the recovery under it, with the recovery seed alone; `recovery` is the public key in force. */
export async function signVetoByRecovery(recoverySeed: string, subjectRef: SubjectRef, current: string, recovery: Jwk): Promise<string> {
  const { key } = await findRecoveryKey(recoverySeed, subjectRef, recovery);
  return signJws('patient-veto', await newStep(subjectRef, current), key);
}

/** The recovery key in force from the recovery seed, and how often the keys were replaced before. @throws {RecoverySeedWrong} */
export async function findRecoveryKey(
  recoverySeed: string,
  subjectRef: SubjectRef,
  recovery: Jwk,
): Promise<{ readonly key: SigningKey; readonly generation: number }> {
  for (let generation = 0; generation < MOST_GENERATIONS; generation += 1) {
    const key = await deriveRecoveryKey(recoverySeed, subjectRef, generation);
    if (key.publicJwk.x === recovery.x && key.publicJwk.y === recovery.y) return { key, generation };
  }
  throw new RecoverySeedWrong();
}

/** The recovery seed is not the one of this patient's keys. */
export class RecoverySeedWrong extends Error {
  readonly code = 'RECOVERY_SEED_WRONG';
  constructor() {
    super('This recovery seed is not the one of the keys that this patient has now.');
    this.name = 'RecoverySeedWrong';
  }
}

/**
 * Asks, from a new wallet, that its keys become those of a patient who has lost all others. The statement goes to a registrar of her
 * custodian, who opens the recovery; the wallet can use the keys once it is completed.
 */
export async function askRecovery(
  wallet: Wallet,
  { subjectRef, custodian }: { readonly subjectRef: SubjectRef; readonly custodian: MspId },
): Promise<{ readonly wallet: Wallet; readonly statement: string }> {
  const keys = await deriveKeys(wallet.seed, subjectRef);
  const statement = await signJws('recovery-keys', { subjectRef, keys: keys.public, issuedAt: formatInstant(Date.now()) }, keys.signing);
  return { wallet: addPatient(wallet, subjectRef, custodian), statement };
}

/** The wallet with a patient whose keys follow from its seed; as it is when it has the patient already. */
export function addPatient(wallet: Wallet, subjectRef: SubjectRef, custodian: MspId): Wallet {
  if (wallet.patients.some((patient) => patient.subjectRef === subjectRef)) return wallet;
  return { ...wallet, patients: [...wallet.patients, { subjectRef, custodian, generation: 0 }] };
}

/** A guardian's approval of one opening, with the keys and the delay that it names. */
export async function signApproval(key: PrivateJwk, subjectRef: SubjectRef, opening: string): Promise<string> {
  const payload = { subjectRef, opening: await digestOfPayload(opening), by: null, issuedAt: formatInstant(Date.now()) };
  return signJws('recovery-approval', payload, await importSigningKey(key));
}

/** Six groups of four digits that stand for keys: a guardian hears them from the patient and compares. */
export async function keysCode({ signing, sealing, recovery }: Keys): Promise<string> {
  const digest = parseBase64url(await hashBytes(formatUtf8(formatCanonical([signing, sealing, recovery]))));
  const number = digest.reduce((sum, byte) => (sum * 256n + BigInt(byte)) % 10n ** 24n, 0n);
  return (number.toString().padStart(24, '0').match(/.{4}/g) ?? []).join(' ');
}

async function newStep(
  subjectRef: SubjectRef,
  current: string,
): Promise<{ readonly subjectRef: SubjectRef; readonly previous: Digest; readonly issuedAt: Instant }> {
  return { subjectRef, previous: await digestOfPayload(current), issuedAt: formatInstant(Date.now()) };
}

function digestOfPayload(jws: string): Promise<Digest> {
  return hashBytes(payloadBytes(jws));
}
