export { loadTopology } from './load-topology';
export { parseTopologySpec } from './parse-topology-spec';
export { resolveTopology, type ResolveOptions } from './resolve-topology';
export type {
  CaNode,
  FirstTransaction,
  IdentityType,
  KeyFiles,
  MspIdentity,
  Organisation,
  OrganisationEndpoints,
  OrganisationIdentities,
  OrganisationPorts,
  OrganisationTls,
  Policy,
  TlsIdentity,
  Topology,
} from './topology';
export { TopologyInvalid, TopologyUnreadable, type TopologyProblem } from './topology-errors';
export type { LedgerName, Role, TopologySpec } from './topology-spec';
