import type { DelegationEntry, DelegationOpening, MspId, PatientStatusEntry, RelationEntry } from '@medaccord/chaincode/model';
import type { SealedReader } from '../sealed/sealed-reader';
import { listStatuses, readDelegation, type Fact, type Facts } from '../store';
import { openDelegation } from './open-delegation';
import type { HistoryEntry } from './read-history';
import { readSubject } from './read-subject';

/** A delegation, or the end of one, as the patient sees it. */
export type DelegationShown = {
  readonly n: number;
  /** Who confirmed it for her; null when she signed it herself. */
  readonly confirmedBy: MspId | null;
} & (
  | {
      readonly act: 'grant';
      readonly powers: readonly string[];
      readonly validity: { readonly from: string; readonly until: string };
      /** What the public is not told; only the custodian's gateway has it. */
      readonly opening: Pick<DelegationOpening, 'kind' | 'withheld' | 'majority'> | null;
    }
  | { readonly act: 'end'; readonly of: number; readonly after: number }
);

/** Who may act for the patient, and, at her custodian, whether her death is recorded. */
export async function readActors(
  facts: Facts,
  sealed: SealedReader,
  own: MspId,
  relation: RelationEntry | undefined,
): Promise<readonly HistoryEntry[]> {
  if (relation === undefined) return [];
  const isOwn = relation.custodian === own;
  const entries = facts.list<DelegationEntry>('delegation', relation.relationRef);
  const shown = await Promise.all(entries.map((entry) => describe(entry, isOwn ? sealed : undefined)));
  return isOwn ? [...shown, ...(await readStatuses(facts, sealed, relation))] : shown;
}

async function describe({ value, transactionId, block }: Fact<DelegationEntry>, sealed: SealedReader | undefined): Promise<HistoryEntry> {
  const statement = readDelegation(value);
  const { n, confirmedBy, recordedAt } = statement;
  const common = { kind: 'delegation', at: recordedAt, transactionId, block, n, confirmedBy } as const;
  if (statement.act === 'end') return { ...common, act: 'end', of: statement.of, after: statement.after };
  const { powers, validity } = statement;
  const opening = sealed === undefined ? undefined : await openDelegation(sealed, statement);
  const told = opening === undefined ? null : { kind: opening.kind, withheld: opening.withheld, majority: opening.majority };
  return { ...common, act: 'grant', powers, validity, opening: told };
}

async function readStatuses(facts: Facts, sealed: SealedReader, relation: RelationEntry): Promise<readonly HistoryEntry[]> {
  const subjectRef = await readSubject(sealed, relation);
  if (subjectRef === undefined) return [];
  const statuses = listStatuses(facts, subjectRef);
  return facts.list<PatientStatusEntry>('patient-status', subjectRef).flatMap(({ value, transactionId, block }) => {
    const status = statuses.find(({ n }) => n === value.n)?.status;
    return status === undefined ? [] : [{ kind: 'status' as const, at: value.recordedAt, transactionId, block, status }];
  });
}
