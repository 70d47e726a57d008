import type { CaNode, MspIdentity, Organisation, TlsIdentity } from '../../topology';
import type { CertificateFacts } from './certificate-facts';
import { inspectCertificate } from './inspect-certificate';

const BY_US = '`certs renew`, or any start in its last 30 days';
const RENEWED_BY = {
  root: 'nothing: a new root must stand beside it in the channel before it ends',
  identity: BY_US,
  TLS: BY_US,
  lasting: `${BY_US}; the key stays, for the channel knows the orderer by it`,
} as const;

/** Every certificate on this machine that an organisation depends on: roots first. Reads files, asks nobody. */
export function listCertificates(organisation: Organisation, now: number = Date.now()): CertificateFacts[] {
  const { ca, tlsCa, identities, tls } = organisation;
  return [
    newRootFacts(organisation, 'CA', ca, now),
    newRootFacts(organisation, 'TLS CA', tlsCa, now),
    ...[identities.admin, identities.peer, identities.orderer, identities.gateway].map((each) => newIdentityFacts(organisation, each, now)),
    ...[tls.peer, tls.orderer, tls.chaincode].map((each) => newTlsFacts(organisation, each, now)),
  ];
}

function newRootFacts({ name }: Organisation, role: string, node: CaNode, now: number): CertificateFacts {
  const inspection = inspectCertificate(node, node.certificate, now);
  return { organisation: name, purpose: 'root', role, place: node.certificate, ...inspection, renewedBy: RENEWED_BY.root };
}

function newIdentityFacts({ name, ca }: Organisation, identity: MspIdentity, now: number): CertificateFacts {
  const inspection = inspectCertificate(identity, ca.certificate, now);
  const renewedBy = identity.type === 'orderer' ? RENEWED_BY.lasting : RENEWED_BY.identity;
  return { organisation: name, purpose: 'identity', role: identity.id, place: identity.certificate, ...inspection, renewedBy };
}

function newTlsFacts({ name, tlsCa }: Organisation, identity: TlsIdentity, now: number): CertificateFacts {
  const inspection = inspectCertificate(identity, tlsCa.certificate, now);
  return { organisation: name, purpose: 'TLS', role: identity.id, place: identity.certificate, ...inspection, renewedBy: RENEWED_BY.TLS };
}
