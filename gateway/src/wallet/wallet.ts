import type { ConsentHeader, ConsentSet, MspId, RelationKind, RelationRef, SubjectRef } from '@medaccord/chaincode/model';
import { formatBase64url } from '../crypto';
import { deriveBytes, newSeed } from './derive-keys';

/** A patient's registration at one custodian. */
export type WalletPatient = {
  readonly subjectRef: SubjectRef;
  readonly custodian: MspId;
  /** How often her keys there were replaced. */
  readonly generation: number;
};

/** What the patient permitted last in a relation: to show it, and to tell it as FHIR. */
export type KeptConsent = {
  /** The JWS over its header. */
  readonly consent: string;
  readonly sets: readonly ConsentSet[];
  readonly status: ConsentHeader['status'];
};

/** A relation that the wallet made. */
export type WalletRelation = {
  readonly relationRef: RelationRef;
  readonly subjectRef: SubjectRef;
  readonly custodian: MspId;
  readonly counterparty: MspId;
  readonly kinds: readonly RelationKind[];
  /** The version of the consent signed last. */
  readonly consentVersion: number;
  /** Absent in wallets of earlier versions, until something is signed. */
  readonly kept?: KeptConsent;
  /** What was signed last and is not known to be on the ledger: to be handed in again. */
  readonly pending?: { readonly consent: string; readonly documents: Readonly<Record<string, string>> };
};

/** Everything a patient's wallet knows. A plain value: what changes it gives a new one, to be stored before anything is sent. */
export type Wallet = {
  readonly version: 1;
  readonly seed: string;
  readonly patients: readonly WalletPatient[];
  readonly relations: readonly WalletRelation[];
};

/** The wallet has no such patient or relation. */
export class WalletUnknown extends Error {
  readonly code = 'WALLET_UNKNOWN';
  constructor(what: 'patient' | 'relation') {
    super(`This wallet has no such ${what}.`);
    this.name = 'WalletUnknown';
  }
}

/** A wallet with a fresh seed, or with one that is already known. */
export function newWallet(seed: string = newSeed()): Wallet {
  return { version: 1, seed, patients: [], relations: [] };
}

/** @throws {WalletUnknown} */
export function findPatient(wallet: Wallet, subjectRef: string): WalletPatient {
  const patient = wallet.patients.find((one) => one.subjectRef === subjectRef);
  if (patient === undefined) throw new WalletUnknown('patient');
  return patient;
}

/** @throws {WalletUnknown} */
export function findRelation(wallet: Wallet, relationRef: string): WalletRelation {
  const relation = wallet.relations.find((one) => one.relationRef === relationRef);
  if (relation === undefined) throw new WalletUnknown('relation');
  return relation;
}

/** The wallet with another state of one of its relations. */
export function replaceRelation(wallet: Wallet, relation: WalletRelation): Wallet {
  return { ...wallet, relations: wallet.relations.map((one) => (one.relationRef === relation.relationRef ? relation : one)) };
}

/** The reference for the n-th registration at a custodian. It follows from the seed, so a lost list can be found again; to others it is random. */
export function deriveSubjectRef(seed: string, custodian: string, n: number): Promise<SubjectRef> {
  return deriveRef<SubjectRef>(seed, `subject/${custodian}/${String(n)}`);
}

/** The reference for a patient's n-th relation with a counterparty. */
export function deriveRelationRef(seed: string, subjectRef: string, counterparty: string, n: number): Promise<RelationRef> {
  return deriveRef<RelationRef>(seed, `relation/${subjectRef}/${counterparty}/${String(n)}`);
}

async function deriveRef<Ref extends string>(seed: string, path: string): Promise<Ref> {
  return formatBase64url(await deriveBytes(seed, path, 16)) as Ref;
}
