import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { EnrolmentStore } from '../identity/staff-identities';
import type { IntentStore } from '../ledger/intent';
import { ChangeList, changeTable } from './change-list';
import { ClinicalIndex, recordTable } from './clinical-index';
import { consultationTable, newConsultationStore, type ConsultationStore } from './consultation-table';
import { openDatabase } from './database';
import { enrolmentTable, newEnrolmentStore } from './enrolment-table';
import { Facts } from './facts';
import { importTable, newImportStore, type ImportStore } from './import-table';
import { intentTable, newIntentStore } from './intent-table';
import { newLocalKey, type LocalKey } from './local-key';
import { newOutbox, outboxTable, severalAtOnePlace, type Outbox } from './outbox';
import { newPeopleTable, peopleTable, type PeopleTable } from './people-table';
import { loadOrCreatePrivateFile, makePrivateFolder } from './private-file';
import { listedTable, ResourceList } from './resource-list';
import { newResponseStore, responseTable, type ResponseStore } from './response-table';
import { SearchIndex, searchTables } from './search-index';
import { newSignInTable, signInTable, type SignInTable } from './sign-in-table';
import { newSyncer } from './syncer';

/** Everything that one gateway keeps. */
export interface Store {
  readonly key: LocalKey;
  readonly facts: Facts;
  readonly index: ClinicalIndex;
  readonly resources: ResourceList;
  readonly changes: ChangeList;
  readonly intents: IntentStore;
  readonly responses: ResponseStore;
  readonly imports: ImportStore;
  readonly enrolments: EnrolmentStore;
  readonly outbox: Outbox;
  readonly consultations: ConsultationStore;
  readonly people: PeopleTable;
  readonly signIns: SignInTable;
  close(): void;
}

/**
 * Opens the gateway's data folder (mode 0700), making what is missing: `projection.sqlite` holds ledger facts only and may be deleted;
 * `gateway.sqlite` holds what only this gateway knows, sealed with `keys/local.key`.
 */
export function openStore(data: string, mspId: string): Store {
  makePrivateFolder(data);
  const secret = loadOrCreatePrivateFile(join(data, 'keys', 'local.key'), () => randomBytes(32).toString('base64url'));
  const key = newLocalKey(Buffer.from(secret, 'base64url'));
  const facts = new Facts(join(data, 'projection.sqlite'), mspId);
  const path = join(data, 'gateway.sqlite');
  const database = openDatabase(path, [
    [intentTable, responseTable, recordTable, importTable, enrolmentTable, outboxTable].join('\n'),
    severalAtOnePlace,
    consultationTable,
    listedTable,
    changeTable,
    searchTables,
    [peopleTable, signInTable].join('\n'),
  ]);
  const search = new SearchIndex(database, key);
  const syncer = newSyncer(path);
  return {
    key,
    facts,
    index: new ClinicalIndex(database, {
      key,
      counts: ({ recordId, version }) => facts.counts(mspId, recordId, version),
      search,
    }),
    resources: new ResourceList(database, { facts, mspId, search }),
    changes: new ChangeList(database, facts, mspId),
    intents: newIntentStore(database, syncer.sync),
    responses: newResponseStore(database, key, syncer.sync),
    imports: newImportStore(database, key),
    enrolments: newEnrolmentStore(database, key),
    outbox: newOutbox(database),
    consultations: newConsultationStore(database, syncer.sync),
    people: newPeopleTable(database, key, syncer.sync),
    signIns: newSignInTable(database, key),
    close: () => {
      syncer.close();
      database.close();
      facts.close();
    },
  };
}
