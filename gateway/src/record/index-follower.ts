import { parseEntryName, type Group, type MspId, type RecordAnchor } from '@medaccord/chaincode/model';
import type { LedgerBlock } from '../ledger/ledger';
import type { SealedReader } from '../sealed/sealed-reader';
import { findWithdrawal, type ReadModel } from '../store';
import { indexAnchors, reindexRecords } from './reindex-records';

export interface IndexFollowerOptions extends Omit<ReadModel, 'close'> {
  readonly mspId: MspId;
  readonly sealed: SealedReader;
  readonly onTrouble: (error: unknown) => void;
}

/** What of an open group has been anchored since this process follows. */
interface OpenGroup {
  seen: number;
  readonly missing: RecordAnchor[];
}

/**
 * Indexes the records that another gateway of the organisation imported, when the block that makes them count arrives: they are opened from
 * the organisation's own collection. What this gateway imports it has indexed before.
 */
export class IndexFollower {
  readonly #options: IndexFollowerOptions;
  readonly #groups = new Map<string, OpenGroup>();
  #work: Promise<void> = Promise.resolve();
  #isComplete = true;

  constructor(options: IndexFollowerOptions) {
    this.#options = options;
  }

  onBlock({ transactions }: LedgerBlock): void {
    for (const { key } of transactions.flatMap(({ writes }) => writes)) {
      const name = parseEntryName(key);
      if (name?.ref.split('/')[0] !== this.#options.mspId) continue;
      if (name.type === 'record') this.#noteAnchor(name.ref, name.id);
      else if (name.type === 'group') this.#noteGroup(name.id);
      else if (name.type === 'record-status') this.#noteStatus(name.id);
    }
  }

  /** Resolves when all that the applied blocks brought is indexed; what failed is tried again. */
  async settled(): Promise<void> {
    await this.#work;
    if (!this.#isComplete) await this.#do(() => this.#indexAll());
  }

  #noteStatus(recordId: string): void {
    const { mspId, changes, resources, facts } = this.#options;
    changes.addDeletion(recordId);
    if (findWithdrawal(facts, mspId, recordId) !== undefined) resources.remove(recordId);
  }

  #noteAnchor(ref: string, version: string): void {
    const anchor = this.#options.facts.find<RecordAnchor>('record', ref, version)?.value;
    if (anchor === undefined) return;
    const missing = this.#options.index.has(anchor.recordId, anchor.version) ? [] : [anchor];
    if (anchor.whole) {
      if (missing.length > 0) void this.#do(() => this.#index(missing));
      return;
    }
    const group = this.#groups.get(anchor.groupId) ?? { seen: 0, missing: [] };
    this.#groups.set(anchor.groupId, group);
    group.seen += 1;
    group.missing.push(...missing);
  }

  #noteGroup(groupId: string): void {
    const { facts, mspId } = this.#options;
    const group = facts.find<Group>('group', mspId, groupId)?.value;
    const { seen, missing } = this.#groups.get(groupId) ?? { seen: 0, missing: [] };
    this.#groups.delete(groupId);
    if (group?.status !== 'closed') return;
    if (seen !== group.size) void this.#do(() => this.#indexAll());
    else if (missing.length > 0) void this.#do(() => this.#index(missing));
  }

  async #index(anchors: readonly RecordAnchor[]): Promise<void> {
    const { resources, changes } = this.#options;
    await indexAnchors(this.#options, anchors);
    for (const groupId of new Set(anchors.map((anchor) => anchor.groupId))) {
      resources.addGroup(groupId);
      changes.addGroup(groupId);
    }
  }

  async #indexAll(): Promise<void> {
    const { resources, changes } = this.#options;
    await reindexRecords(this.#options);
    resources.addMissing();
    changes.addMissing();
    this.#isComplete = true;
  }

  /** One after another; never rejects. */
  #do(task: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      this.#isComplete = false;
      this.#options.onTrouble(error);
    });
    return this.#work;
  }
}
