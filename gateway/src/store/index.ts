export type { ClinicalIndex, IndexedRecord, Salts } from './clinical-index';
export { Facts, type Fact, type RequestName } from './facts';
export type { ImportEntry, ImportStore } from './import-table';
export type { LocalKey } from './local-key';
export type { Outbox, Parcel } from './outbox';
export { Projector } from './projector';
export type { ResponseStore } from './response-table';
export { openStore, type Store } from './store';
