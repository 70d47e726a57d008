export { listHere, isWhole, ofMember, onlyHere } from './members-here';
export { loadTopology } from './load-topology';
export { parseTopologySpec } from './parse-topology-spec';
export { resolveTopology, type ResolveOptions } from './resolve-topology';
export type {
  CaNode,
  Collection,
  FirstTransaction,
  IdentityType,
  KeyFiles,
  MspIdentity,
  NodeFolders,
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
export { isChannelName, LEDGER_NAMES, type FabricSpec, type LedgerName, type Role, type TopologySpec } from './topology-spec';
