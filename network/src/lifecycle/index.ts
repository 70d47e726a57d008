export { LifecycleError, type LifecycleErrorCode } from './lifecycle-error';
export { newOrdererAdmin, type BlockName, type OrdererAdmin, type OrdererChannel } from './orderer-admin';
export { openPeerAdmin, type PeerAdmin } from './peer-admin';
