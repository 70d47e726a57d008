import { readFileSync } from 'node:fs';
import { ConfigError, type ConnectionDocument } from '../config';
import { newLedgerIdentity } from '../identity/staff-identities';
import { FabricCarrier } from '../ledger/fabric-carrier';

/** The organisation's own peer, spoken to under the gateway's own identity. */
export function openCarrier({ organisation, channel, chaincode, peers, identities }: ConnectionDocument): FabricCarrier {
  const [peer] = peers;
  if (peer === undefined) throw new ConfigError(['peers: the own peer is missing']);
  return new FabricCarrier({
    mspId: organisation.mspId,
    channel,
    chaincode,
    peer: { endpoint: peer.endpoint, serverName: peer.serverName, tlsRootCertificates: readFileSync(peer.tlsRootCertificates) },
    identity: newLedgerIdentity({
      name: 'gateway',
      certificate: readFileSync(identities.gateway.certificate, 'utf8'),
      privateKey: readFileSync(identities.gateway.privateKey, 'utf8'),
    }),
  });
}
