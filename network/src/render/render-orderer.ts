import { join } from 'node:path';
import type { Organisation } from '../topology';
import { formatAddress, type OrdererPlace } from './places';
import { renderYaml } from './render-yaml';

/** `orderer.yaml` of one organisation's orderer (orderer/common/localconfig): what is not here has no default that would do. */
export function renderOrderer({ mspId }: Pick<Organisation, 'mspId'>, { listen, msp, tls, data }: OrdererPlace): string {
  return renderYaml({
    General: {
      ListenAddress: listen.host,
      ListenPort: listen.port,
      TLS: {
        Enabled: true,
        PrivateKey: tls.privateKey,
        Certificate: tls.certificate,
        RootCAs: [tls.rootCertificate],
        ClientAuthRequired: false,
      },
      Keepalive: { ServerMinInterval: '30s', ServerInterval: '7200s', ServerTimeout: '20s' },
      // With gRPC's own limit of two minutes an orderer that was away would stay away.
      Backoff: { BaseDelay: '500ms', Multiplier: 1.5, MaxDelay: '3s' },
      // Who starts asks all orderers for their blocks, itself and others that start just then among them, which answer nothing.
      Cluster: { DialTimeout: '3s', ReplicationPullTimeout: '3s' },
      LocalMSPDir: msp,
      LocalMSPID: mspId,
      BCCSP: { Default: 'SW', SW: { Hash: 'SHA2', Security: 256 } },
      Authentication: { TimeWindow: '15m' },
    },
    FileLedger: { Location: join(data, 'chains') },
    Operations: { ListenAddress: formatAddress(listen.operations) },
    Metrics: { Provider: 'prometheus' },
    Admin: {
      ListenAddress: formatAddress(listen.admin),
      TLS: {
        Enabled: true,
        Certificate: tls.certificate,
        PrivateKey: tls.privateKey,
        ClientAuthRequired: true,
        ClientRootCAs: [tls.rootCertificate],
      },
    },
    ChannelParticipation: { Enabled: true, MaxRequestBodySize: '10 MB' },
    Consensus: { WALDir: join(data, 'wal'), SnapDir: join(data, 'snapshots') },
  });
}
