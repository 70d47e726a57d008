export { LifecycleError, type LifecycleErrorCode } from './lifecycle-error';
export { newOrdererAdmin, type BlockName, type OrdererAdmin, type OrdererChannel } from './orderer-admin';
export { openPeerAdmin, type PeerAdmin } from './peer-admin';
export { openPeerConnection, type PeerConnection } from './peer-connection';
export { LedgerRefusal } from './ledger-refusal';
export { findLeader, findValue, readLeader, readMetrics, type Sample } from './read-metrics';
export { submitTransaction, type SubmittedFacts, type TransactionRequest } from './submit-transaction';
export { installPackage, listInstalled, type InstallFacts, type InstalledPackage } from './install-package';
export * from './definition';
