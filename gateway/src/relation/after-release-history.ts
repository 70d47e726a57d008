import {
  decisionKey,
  deletionKey,
  redisclosureNoticeRef,
  type Consultation,
  type Decision,
  type Deletion,
  type DeletionReason,
  type Instant,
  type Redisclosure,
  type RelationEntry,
} from '@medaccord/chaincode/model';
import type { SealedReader } from '../sealed/sealed-reader';
import { findEndingOf, type Fact, type Facts } from '../store';

/** Whether the deletion of a copy is due, and on the ledger. `outstanding`: due, and the member that holds the copy has not deleted it. */
export interface DeletionStatus {
  readonly status: 'not-due' | 'outstanding' | 'done';
  readonly reason: DeletionReason | null;
  /** When it was deleted, or the recipient told. */
  readonly at: Instant | null;
}

interface Entry<K extends string> {
  readonly kind: K;
  readonly at: Instant;
  readonly transactionId: string;
  readonly block: number;
}

/** What follows a release, and looks at the consent without a request, as the patient sees them. */
export type AfterReleaseEntry =
  | (Entry<'deletion'> & {
      readonly requestId: string;
      readonly by: Deletion['by'];
      readonly reason: DeletionReason;
      /** The redisclosure whose recipient was told; null for the copy of whoever asked. */
      readonly redisclosureId: string | null;
      readonly told: Instant | null;
      /** The signed receipt; null to a delegate, for it counts the parts of the copy. */
      readonly receipt: string | null;
    })
  | (Entry<'redisclosure'> & {
      readonly requestId: string;
      readonly redisclosureId: string;
      readonly by: Redisclosure['by'];
      readonly purpose: string;
      readonly records: number;
      /** Sealed to the relation's key: to whom, and which records. Only the custodian's gateway has it. */
      readonly notice: string | null;
      readonly deletion: DeletionStatus;
    })
  | (Entry<'consultation'> & {
      readonly mspId: string;
      readonly role: string;
      readonly purpose: string | null;
      readonly consultedAt: Instant;
    });

export async function readAfterRelease(
  facts: Facts,
  sealed: SealedReader,
  relation: RelationEntry,
  { own, now }: { readonly own: string; readonly now: Instant },
): Promise<readonly AfterReleaseEntry[]> {
  const { relationRef } = relation;
  const redisclosures = facts.list<Redisclosure>('redisclosure', relationRef);
  const refs = redisclosures.map(({ value }) => redisclosureNoticeRef(relationRef, value.redisclosureId));
  const notices = relation.custodian === own && refs.length > 0 ? await sealed.read(refs) : [];
  return [
    ...facts.list<Deletion>('deletion', relationRef).map(newDeletion),
    ...redisclosures.map((fact, at) => newRedisclosure(facts, fact, { notice: notices[at] ?? null, now })),
    ...facts.list<Consultation>('consultation', relationRef).map(newConsultation),
  ];
}

/** Where the deletion of a copy stands: of what was released, or of what a redisclosure handed on. */
export function deletionStatusOf(facts: Facts, decision: Decision, of: string, now: Instant): DeletionStatus {
  const { relationRef, requester, requestId } = decision;
  const done = facts.findKey<Deletion>(deletionKey(relationRef, requester, requestId, of))?.value;
  if (done !== undefined) return { status: 'done', reason: done.reason, at: done.told ?? done.at };
  const ending = findEndingOf(facts, decision, now);
  return { status: ending === undefined ? 'not-due' : 'outstanding', reason: ending?.reason ?? null, at: null };
}

function newDeletion({ value, transactionId, block }: Fact<Deletion>): AfterReleaseEntry {
  const { requestId, by, reason, of, told, jws, at } = value;
  const redisclosureId = of === 'release' ? null : of;
  return { kind: 'deletion', at, transactionId, block, requestId, by, reason, redisclosureId, told, receipt: jws };
}

function newRedisclosure(
  facts: Facts,
  { value, transactionId, block }: Fact<Redisclosure>,
  { notice, now }: { readonly notice: string | null; readonly now: Instant },
): AfterReleaseEntry {
  const { relationRef, requester, requestId, redisclosureId, by, purpose, count, at } = value;
  const decision = facts.findKey<Decision>(decisionKey(relationRef, requester, requestId))?.value;
  const none: DeletionStatus = { status: 'not-due', reason: null, at: null };
  const deletion = decision === undefined ? none : deletionStatusOf(facts, decision, redisclosureId, now);
  const told = { requestId, redisclosureId, by, purpose, records: count, notice, deletion };
  return { kind: 'redisclosure', at, transactionId, block, ...told };
}

function newConsultation({ value, transactionId, block }: Fact<Consultation>): AfterReleaseEntry {
  const { mspId, role, purpose, consultedAt, at } = value;
  return { kind: 'consultation', at, transactionId, block, mspId, role, purpose, consultedAt };
}
