export { Network, type JoinFacts, type NetworkOptions, type RedeployFacts, type StartFacts, type Step } from './network';
export { readLiveNetwork, readNetworkState, listAddresses, type NetworkState, type OrganisationAddresses } from './network-state';
export { DeploymentError, type DeploymentErrorCode } from './deployment-error';
export { readJoining, writeJoining } from './joining-file';
export { openRunFolder, removeRunFolder } from './run-folder';
export { endLeftovers } from './end-leftovers';
export { askNetwork, openControlDoor, type ControlVerbs } from './control-door';
export { readBuiltChaincode } from './built-chaincode';
export { machineNeedsOf, readMachineFacts } from './machine-needs';
