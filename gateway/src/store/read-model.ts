import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AdjudicatedTable, adjudicatedTable } from './adjudicated-table';
import { ChangeList, changeTable } from './change-list';
import { ClinicalIndex, recordTable } from './clinical-index';
import { openDatabase } from './database';
import { Facts } from './facts';
import type { LocalKey } from './local-key';
import { ReportTable, reportTable } from './report-table';
import { listedTable, ResourceList } from './resource-list';
import { SearchIndex, searchTables } from './search-index';

/** What is made of the ledger and of the sealed values on the organisation's own peer; may be deleted. */
export interface ReadModel {
  readonly facts: Facts;
  readonly index: ClinicalIndex;
  readonly resources: ResourceList;
  readonly changes: ChangeList;
  readonly adjudicated: AdjudicatedTable;
  readonly reports: ReportTable;
  close(): void;
}

const files = ['projection.sqlite', 'index.sqlite'] as const;
/** A read model that is being made, and one that is whole. */
const folders = { rebuilding: 'rebuilding', rebuilt: 'rebuilt' } as const;

export function openReadModel(folder: string, key: LocalKey, mspId: string): ReadModel {
  const facts = new Facts(join(folder, files[0]), mspId);
  const index = openDatabase(join(folder, files[1]), [recordTable, listedTable, changeTable, searchTables, adjudicatedTable, reportTable]);
  const search = new SearchIndex(index, key);
  return {
    facts,
    index: new ClinicalIndex(index, { key, counts: ({ recordId, version }) => facts.counts(mspId, recordId, version), search }),
    resources: new ResourceList(index, { facts, mspId, search }),
    changes: new ChangeList(index, facts, mspId),
    adjudicated: new AdjudicatedTable(index, key),
    reports: new ReportTable(index, key),
    close: () => {
      index.close();
      facts.close();
    },
  };
}

/** A read model of its own beside the one in use: `finish` leaves it for the gateway's next start. */
export function openRebuilding(
  data: string,
  key: LocalKey,
  mspId: string,
): { readonly model: ReadModel; readonly finish: () => void; readonly abandon: () => void } {
  const folder = join(data, folders.rebuilding);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const model = openReadModel(folder, key, mspId);
  return {
    model,
    finish: () => {
      model.close();
      rmSync(join(data, folders.rebuilt), { recursive: true, force: true });
      renameSync(folder, join(data, folders.rebuilt));
    },
    abandon: () => {
      model.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Puts a rebuilt read model in the place of the old one. Whoever dies on the way, the next start goes on here. */
export function adoptRebuilt(data: string): void {
  const folder = join(data, folders.rebuilt);
  for (const file of files) {
    if (!existsSync(join(folder, file))) continue;
    for (const ending of ['-wal', '-shm', '']) rmSync(join(data, file + ending), { force: true });
    renameSync(join(folder, file), join(data, file));
  }
  rmSync(folder, { recursive: true, force: true });
}
