import { join } from 'node:path';
import type { Organisation, Topology } from '../topology';
import { BUILDER_NAME, BUILDER_VARIABLES } from './builder-scripts';
import { formatAddress, type PeerPlace } from './places';
import { renderYaml } from './render-yaml';

/**
 * `core.yaml` of one organisation's only peer: every section that the peer reads without a default of its own (sampleconfig/core.yaml), with
 * the intervals of a small consortium instead of those of a large one.
 */
export function renderCore({ name: network, fabric }: Topology, { name, mspId }: Organisation, place: PeerPlace): string {
  return renderYaml({
    peer: {
      id: `peer-${name}`,
      networkId: network,
      ...newAddresses(place),
      // An organisation that does not answer is passed over after this long.
      gateway: { enabled: true, endorsementTimeout: fabric.endorsementTimeout, broadcastTimeout: '10s', dialTimeout: '5s' },
      keepalive: {
        minInterval: '30s',
        interval: '7200s',
        timeout: '20s',
        client: { interval: '60s', timeout: '20s' },
        deliveryClient: { interval: '60s', timeout: '20s' },
      },
      gossip: newGossip(place),
      tls: newTls(place),
      authentication: { timewindow: '15m' },
      fileSystemPath: place.data,
      BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } },
      mspConfigPath: place.msp,
      localMspId: mspId,
      localMspType: 'bccsp',
      client: { connTimeout: '5s' },
      deliveryclient: {
        policy: 'cluster',
        blockGossipEnabled: false,
        connTimeout: '3s',
        reConnectBackoffThreshold: '10s',
        reconnectTotalTimeThreshold: '3600s',
        minimalReconnectInterval: '100ms',
        blockCensorshipTimeoutKey: '30s',
      },
      handlers: {
        authFilters: [{ name: 'DefaultAuth' }, { name: 'ExpirationCheck' }, { name: 'TimeWindowCheck' }],
        decorators: [{ name: 'DefaultDecorator' }],
        endorsers: { escc: { name: 'DefaultEndorsement' } },
        validators: { vscc: { name: 'DefaultValidation' } },
      },
      discovery: {
        enabled: true,
        authCacheEnabled: true,
        authCacheMaxSize: 1000,
        authCachePurgeRetentionRatio: 0.75,
        orgMembersAllowedAccess: false,
      },
      limits: { concurrency: { endorserService: 2500, deliverService: 2500, gatewayService: 500 } },
    },
    // No container daemon: chaincode is a service.
    vm: { endpoint: '' },
    chaincode: newChaincode(place),
    ledger: newLedger(place),
    operations: { listenAddress: formatAddress(place.listen.operations) },
    metrics: { provider: 'prometheus' },
  });
}

function newAddresses({ address, listen }: PeerPlace): object {
  return {
    listenAddress: formatAddress(listen),
    address: formatAddress(address),
    // Opened in any case; nobody calls, because the peer calls the chaincode.
    chaincodeListenAddress: formatAddress(listen.chaincode),
    chaincodeAddress: formatAddress({ host: address.host, port: listen.chaincode.port }),
  };
}

/** The only peer of its organisation: its own leader. With these intervals it is known to the others a second or two after a restart. */
function newGossip({ address }: PeerPlace): object {
  const own = formatAddress(address);
  return {
    bootstrap: own,
    endpoint: own,
    externalEndpoint: own,
    useLeaderElection: false,
    orgLeader: true,
    state: { enabled: false },
    publishStateInfoInterval: '1s',
    requestStateInfoInterval: '1s',
    aliveTimeInterval: '1s',
    aliveExpirationTimeout: '5s',
    reconnectInterval: '1s',
    membershipTrackerInterval: '1s',
    pvtData: {
      // Any member can make a peer look for values that nobody has: a block must not wait long for them, an invalid transaction not at all.
      pullRetryThreshold: '10s',
      skipPullingInvalidTransactionsDuringCommit: true,
      transientstoreMaxBlockRetention: 20_000,
      pushAckTimeout: '3s',
      btlPullMargin: 10,
      reconciliationEnabled: true,
      reconcileBatchSize: 10,
      reconcileSleepInterval: '1m',
      implicitCollectionDisseminationPolicy: { requiredPeerCount: 0, maxPeerCount: 1 },
    },
  };
}

function newTls({ tls }: PeerPlace): object {
  return {
    enabled: true,
    clientAuthRequired: false,
    cert: { file: tls.certificate },
    key: { file: tls.privateKey },
    rootcert: { file: tls.rootCertificate },
  };
}

function newChaincode({ builder }: PeerPlace): object {
  return {
    externalBuilders: [{ name: BUILDER_NAME, path: builder, propagateEnvironment: [...BUILDER_VARIABLES] }],
    installTimeout: '60s',
    startuptimeout: '30s',
    executetimeout: '30s',
    mode: 'net',
    // The Node shim ends on a keepalive message.
    keepalive: 0,
    system: { _lifecycle: 'enable', cscc: 'enable', lscc: 'enable', qscc: 'enable' },
    logging: { level: 'info', shim: 'warning' },
    runtimeParams: { useWriteBatch: true, maxSizeWriteBatch: 1000, useGetMultipleKeys: true, maxSizeGetMultipleKeys: 1000 },
  };
}

function newLedger({ data }: PeerPlace): object {
  return {
    state: { stateDatabase: 'goleveldb', totalQueryLimit: 100_000 },
    history: { enableHistoryDatabase: true },
    pvtdataStore: {
      collElgProcMaxDbBatchSize: 5000,
      collElgProcDbBatchesInterval: 1000,
      deprioritizedDataReconcilerInterval: '60m',
      purgeInterval: 100,
      purgedKeyAuditLogging: true,
    },
    snapshots: { rootDir: join(data, 'snapshots') },
  };
}
