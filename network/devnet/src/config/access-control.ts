/** Fabric's default policies of resources (core/aclmgmt/defaultaclprovider.go), as far as a channel member meets them. */
const WRITERS = '/Channel/Application/Writers';
const READERS = '/Channel/Application/Readers';
const DEFAULTS: Readonly<Record<string, string>> = {
  'peer/Propose': WRITERS,
  'peer/ChaincodeToChaincode': WRITERS,
  '_lifecycle/CommitChaincodeDefinition': WRITERS,
  '_lifecycle/CheckCommitReadiness': WRITERS,
  '_lifecycle/QueryChaincodeDefinition': WRITERS,
  '_lifecycle/QueryChaincodeDefinitions': WRITERS,
  'event/Block': READERS,
  'event/FilteredBlock': READERS,
  'gateway/CommitStatus': READERS,
  'gateway/ChaincodeEvents': READERS,
};
const READ_BY_READERS = /^(qscc|cscc)\//;

/** Policy reference of a resource: as configured, else Fabric's default; empty (never satisfied) for what Fabric does not know. */
export function policyOfResource(resource: string, configured: ReadonlyMap<string, string>): string {
  const own = configured.get(resource);
  // A name that is not absolute means a policy of the application group (common/channelconfig/acls.go).
  if (own !== undefined) return own.startsWith('/') ? own : `/Channel/Application/${own}`;
  return DEFAULTS[resource] ?? (READ_BY_READERS.test(resource) ? READERS : '');
}
