import {
  findGrant,
  findProblemOfDelegate,
  parseSigned,
  type ConsentEntry,
  type Delegation,
  type DelegationEntry,
  type Instant,
  type Jwk,
  type PatientStatus,
  type PatientStatusEntry,
} from '@medaccord/chaincode/model';
import type { Facts } from './facts';

type Known = Pick<Facts, 'find' | 'list'>;

/** What counts of a relation's delegations, oldest first. */
export function listDelegations(facts: Known, relationRef: string): readonly Delegation[] {
  return facts.list<DelegationEntry>('delegation', relationRef).map(({ value }) => readDelegation(value));
}

/** What an entry that counts says. */
export function readDelegation({ jws, confirmation, recordedAt }: DelegationEntry): Delegation {
  return { ...parseSigned('delegation', jws, 'delegation').payload, jws, confirmation, recordedAt };
}

/** The key of a delegate who may act at an instant: not before the time, not after it, not after an end. */
export function findDelegateKey(facts: Known, relationRef: string, delegation: number, at: Instant): Jwk | undefined {
  const chain = listDelegations(facts, relationRef);
  return findProblemOfDelegate(chain, { delegation, at }) === undefined ? findGrant(chain, delegation)?.key : undefined;
}

/** Whether a delegate signed a consent that an end, recorded later, names as one that counts nowhere. */
export function isEnded(facts: Known, { relationRef, version, delegation, recordedAt }: ConsentEntry): boolean {
  if (delegation === undefined) return false;
  return findProblemOfDelegate(listDelegations(facts, relationRef), { delegation, version, at: recordedAt }) === 'ended';
}

/** What counts of a patient's statuses, oldest first. */
export function listStatuses(facts: Known, subjectRef: string): readonly PatientStatus[] {
  return facts
    .list<PatientStatusEntry>('patient-status', subjectRef)
    .map(({ value }) => parseSigned('patient-status', value.jws, 'status').payload)
    .sort((one, other) => one.n - other.n);
}

/** Whether the custodian has recorded the patient's death, and not taken it back. */
export function isDeceased(facts: Known, subjectRef: string): boolean {
  return listStatuses(facts, subjectRef).at(-1)?.status === 'deceased';
}
