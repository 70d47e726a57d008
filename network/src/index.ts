export {
  Network,
  DeploymentError,
  type NetworkOptions,
  type NetworkState,
  type RedeployFacts,
  type StartFacts,
  type Step,
} from './deployment';
export { findFreePorts, ProcessError, type Platform, type ProcessEvent, type ProcessStatus } from './process';
export { loadTopology, resolveTopology, type Organisation, type Topology, type TopologySpec } from './topology';
export type { ConnectionDocument } from './connection';
