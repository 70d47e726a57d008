export { BUILDER_NAME, BUILDER_SCRIPTS, BUILDER_VARIABLES, CONNECTION_FOLDER_VARIABLE } from './builder-scripts';
export { builderFolder, chaincodeConnectionFolder, newNativeMember, newNativeOrderer, newNativePeer } from './native-places';
export { formatAddress, type Address, type MemberPlace, type OrdererPlace, type PeerPlace, type TlsFiles } from './places';
export { renderCollections } from './render-collections';
export { CHANNEL_PROFILE, renderConfigtx } from './render-configtx';
export { renderCore } from './render-core';
export { renderOrderer } from './render-orderer';
export { renderYaml } from './render-yaml';
