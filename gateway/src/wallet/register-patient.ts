import { formatInstant, payloadBytes, type BindingMethod, type MspId, type SubjectRef } from '@medaccord/chaincode/model';
import { hashBytes, signJws } from '../crypto';
import { deriveKeys, deriveRecoveryKey } from './derive-keys';
import { deriveSubjectRef, findPatient, type Wallet } from './wallet';

export type Registration = { readonly wallet: Wallet; readonly subjectRef: SubjectRef; readonly registration: string };

/**
 * Registers the wallet's owner at a custodian: a new pseudonym with keys of its own. `registration` is the JWS to hand over there.
 * `assisted`: the wallet is a card, and all that it ever signs there is marked so.
 */
export async function registerPatient(
  wallet: Wallet,
  custodian: MspId,
  method: BindingMethod = 'custodian',
  mark: { readonly assisted?: true } = {},
): Promise<Registration> {
  const n = wallet.patients.filter((patient) => patient.custodian === custodian).length;
  const subjectRef = await deriveSubjectRef(wallet.seed, custodian, n);
  const keys = await deriveKeys(wallet.seed, subjectRef);
  const payload = { subjectRef, custodian, keys: keys.public, bound: { method }, ...mark, issuedAt: formatInstant(Date.now()) };
  const registration = await signJws('patient', payload, keys.signing);
  return { wallet: { ...wallet, patients: [...wallet.patients, { subjectRef, custodian, generation: 0 }] }, subjectRef, registration };
}

/**
 * Replaces the patient's keys by the next generation; signed by the present signing key. `current` is her statement on the ledger (JWS): her
 * registration or the replacement before.
 */
export async function replacePatientKeys(
  wallet: Wallet,
  subjectRef: SubjectRef,
  current: string,
): Promise<{ wallet: Wallet; replacement: string }> {
  const patient = findPatient(wallet, subjectRef);
  const generation = patient.generation + 1;
  const [present, next] = await Promise.all([
    deriveKeys(wallet.seed, subjectRef, patient.generation),
    deriveKeys(wallet.seed, subjectRef, generation),
  ]);
  const previous = await hashBytes(payloadBytes(current));
  const payload = { subjectRef, previous, keys: next.public, issuedAt: formatInstant(Date.now()) };
  const patients = wallet.patients.map((one) => (one === patient ? { ...patient, generation } : one));
  return { wallet: { ...wallet, patients }, replacement: await signJws('patient-keys', payload, present.signing) };
}

export type Recovery = { readonly wallet: Wallet; readonly current: string; readonly generation: number };

/**
 * Moves a patient whose wallet is lost to a new wallet: the recovery key (from the recovery seed of the lost one) signs the new keys.
 * `current` is the patient's statement on the ledger (JWS), `generation` how often the keys were replaced before.
 */
export async function recoverPatient(recoverySeed: string, subjectRef: SubjectRef, recovery: Recovery): Promise<string> {
  const { wallet, current, generation } = recovery;
  const key = await deriveRecoveryKey(recoverySeed, subjectRef, generation);
  const keys = await deriveKeys(wallet.seed, subjectRef);
  const payload = { subjectRef, previous: await hashBytes(payloadBytes(current)), keys: keys.public, issuedAt: formatInstant(Date.now()) };
  return signJws('patient-keys', payload, key);
}
