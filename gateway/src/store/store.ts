import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { EnrolmentStore } from '../identity/staff-identities';
import type { IntentStore } from '../ledger/intent';
import { AuditLog } from './audit-log';
import { newBeneficiaryStore, type BeneficiaryStore } from './beneficiary-table';
import { newConsultationStore, type ConsultationStore } from './consultation-table';
import { newEnrolmentStore } from './enrolment-table';
import { newImportStore, type ImportStore } from './import-table';
import { newIntentStore } from './intent-table';
import { claimKept, keptTables } from './kept-tables';
import { newSoleLeases, SharedLeases, type Leases, type LeaseTimes } from './leases';
import { newLocalKey, type LocalKey } from './local-key';
import { openPeople, type People } from './open-people';
import { openKept } from './open-kept';
import { newOfferStore, type OfferStore } from './offer-table';
import { newOutbox, type Outbox } from './outbox';
import { loadOrCreatePrivateFile, makePrivateFolder } from './private-file';
import { adoptRebuilt, openReadModel, type ReadModel } from './read-model';
import { newReceivedStore, type ReceivedStore } from './received-table';
import { newSubscriptionStore, type SubscriptionStore } from './subscription-table';
import { newResponseStore, type ResponseStore } from './response-table';

/** Everything that one gateway keeps. */
export interface Store extends Omit<ReadModel, 'close'> {
  readonly key: LocalKey;
  readonly leases: Leases;
  /** Whether other gateways of the organisation may share what is kept. */
  readonly isShared: boolean;
  readonly intents: IntentStore;
  readonly responses: ResponseStore;
  readonly imports: ImportStore;
  readonly enrolments: EnrolmentStore;
  readonly outbox: Outbox;
  readonly offers: OfferStore;
  readonly beneficiaries: BeneficiaryStore;
  readonly received: ReceivedStore;
  readonly consultations: ConsultationStore;
  readonly subscriptions: SubscriptionStore;
  readonly audit: AuditLog;
  readonly people: People['people'];
  readonly signIns: People['signIns'];
  close(): Promise<void>;
}

/** Where the store is when it is not all in the data folder: two gateways of an organisation share both. */
export interface SharedPlaces {
  /** The folder of the keys. */
  readonly keys?: string | undefined;
  /** Address of the PostgreSQL database for what cannot be rebuilt. */
  readonly databaseUrl?: string | undefined;
  readonly lease?: Partial<LeaseTimes> | undefined;
}

export interface StoreLimits {
  /** How large the audit log's file may grow, in pages of SQLite. */
  readonly mostAuditPages?: number | undefined;
}

/** The key under which what is kept is sealed; made at the first start. */
export function loadLocalKey(keys: string): LocalKey {
  const secret = loadOrCreatePrivateFile(join(keys, 'local.key'), () => randomBytes(32).toString('base64url'));
  return newLocalKey(Buffer.from(secret, 'base64url'));
}

/**
 * Opens the gateway's data folder (mode 0700), making what is missing: `projection.sqlite` holds ledger facts and what an insurer's
 * claims are found by, `index.sqlite` what the organisation's own records are found by; both may be deleted. `gateway.sqlite`, or PostgreSQL, holds what cannot be rebuilt; `audit.sqlite`
 * is the audit log. What tells about a person is sealed with `local.key`, which lies with the other keys.
 */
export async function openStore(
  data: string,
  mspId: string,
  { keys = join(data, 'keys'), databaseUrl, lease, mostAuditPages }: SharedPlaces & StoreLimits = {},
): Promise<Store> {
  makePrivateFolder(data);
  const key = loadLocalKey(keys);
  const kept = await openKept({ data, databaseUrl }, 'gateway', keptTables);
  await claimKept(kept, key, mspId);
  adoptRebuilt(data);
  const model = openReadModel(data, key, mspId);
  const audit = new AuditLog(data, key, mostAuditPages);
  const people = await openPeople({ data, databaseUrl }, key);
  const leases = kept.isShared ? new SharedLeases(kept, lease) : newSoleLeases();
  const { instance } = leases;
  return {
    ...model,
    key,
    intents: newIntentStore(kept, instance),
    responses: await newResponseStore(kept, key, instance),
    imports: newImportStore(kept, key, instance),
    enrolments: newEnrolmentStore(kept, key),
    outbox: newOutbox(kept),
    offers: newOfferStore(kept, key),
    beneficiaries: newBeneficiaryStore(kept, key),
    received: newReceivedStore(kept, key),
    consultations: newConsultationStore(kept),
    subscriptions: newSubscriptionStore(kept, key),
    audit,
    people: people.people,
    signIns: people.signIns,
    leases,
    isShared: kept.isShared,
    close: async () => {
      audit.close();
      await people.close();
      await kept.close();
      model.close();
    },
  };
}
