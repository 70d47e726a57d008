import {
  delegationPreimage,
  formatCanonical,
  type DelegationEnd,
  type DelegationGrant,
  type DelegationOpening,
  type Instant,
  type MspId,
  type PatientStatus,
  type SubjectRef,
} from '../../src/model';
import type { ConsortiumTwin } from './consortium-twin';
import { organisationKeys } from './story';
import { commit, ISSUED, newKeyPair, newSalt, sha256, signAs, type KeyPair, type PatientRelation } from './wallet';

export const SUBMIT_BY = '2036-03-01T09:00:00.000Z' as Instant;
/** A month around the twin's clock. */
export const VALIDITY = { from: '2026-02-15T00:00:00.000Z' as Instant, until: '2026-03-15T00:00:00.000Z' as Instant };

/** A grant with what it commits to. */
export interface TestGrant {
  readonly jws: string;
  readonly opening: DelegationOpening;
  /** What is sealed to the custodian, as far as a ledger can tell. */
  readonly envelope: string;
}

type GrantWish = Partial<DelegationGrant> & Partial<Pick<DelegationOpening, 'kind' | 'withheld' | 'majority'>>;

/** Lets the holder of a key act in a relation; whatever the wish does not say is a guardian with all powers for a month. */
export function signGrant(
  relation: PatientRelation,
  key: KeyPair,
  wish: GrantWish = {},
  signer: KeyPair = relation.keys.signing,
): TestGrant {
  const { kind = 'guardian', withheld = [], majority = null, ...change } = wish;
  const { relationRef } = relation;
  const n = change.n ?? 1;
  const opening: DelegationOpening = { relationRef, n, kind, withheld, majority, salt: newSalt() };
  const envelope = formatCanonical({ v: 1, ciphertext: sha256(`delegation ${relationRef} ${String(n)}`) });
  const payload: DelegationGrant = {
    act: 'grant',
    relationRef,
    n,
    confirmedBy: null,
    key: key.jwk,
    powers: ['consent', 'revoke', 'history'],
    validity: VALIDITY,
    opening: commit(delegationPreimage(opening)),
    sealed: { [relation.patient.custodian]: sha256(envelope) } as DelegationGrant['sealed'],
    submitBy: SUBMIT_BY,
    issuedAt: ISSUED,
    ...change,
  };
  return { jws: signAs('delegation', payload, signer), opening, envelope };
}

/** Ends a grant. */
export function signEnd(
  relation: PatientRelation,
  wish: Pick<DelegationEnd, 'n' | 'of' | 'after'> & Partial<DelegationEnd>,
  signer: KeyPair = relation.keys.signing,
): string {
  const { relationRef } = relation;
  const payload = { act: 'end', relationRef, confirmedBy: null, submitBy: SUBMIT_BY, issuedAt: ISSUED, ...wish } as const;
  return signAs('delegation', payload, signer);
}

/** The same statement as another key signs it. */
export function confirm(jws: string, kind: 'delegation' | 'patient-status', key: KeyPair): string {
  return signAs(kind, JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as never, key);
}

export function signStatus(subjectRef: SubjectRef, wish: Pick<PatientStatus, 'n' | 'status' | 'confirmedBy'>, key: KeyPair): string {
  return signAs('patient-status', { subjectRef, submitBy: SUBMIT_BY, issuedAt: ISSUED, ...wish }, key);
}

/** A signing key that an organisation registers. */
export async function giveSigningKey(twin: ConsortiumTwin, mspId: MspId): Promise<KeyPair> {
  const key = newKeyPair();
  await twin.submit(await twin.identity(mspId, 'gateway'), 'RegisterOrganisation', { ...organisationKeys(), signing: key.jwk });
  return key;
}
