import { X509Certificate } from 'node:crypto';
import { newFabricMsp, parseCertificate, type ConfigGroupNode } from '@medaccord/devnet/configuration';
import type { OrdererNode } from './changes/add-orderer';
import { ChannelError } from './channel-error';
import { bytesOf, pemsOf, readMsp } from './configuration-values';
import { findMember } from './members';

/**
 * Refuses certificates by which other orderers would not know the node: the one it signs with must be an orderer's of its organisation, the one
 * for TLS must be certified by the organisation, be for the node's address, and both must be valid for a while.
 * @throws ChannelError CHANNEL_MATERIAL_UNFIT with everything that is wrong, CHANNEL_CHANGE_IMPOSSIBLE when it is no member
 */
export function assertOrdererCertificates(root: ConfigGroupNode, node: OrdererNode, now: Date): void {
  const member = findMember(root, 'Orderer', node.mspId) ?? findMember(root, 'Application', node.mspId);
  const msp = member?.group.values.get('MSP')?.value;
  if (msp === undefined) throw new ChannelError('CHANNEL_CHANGE_IMPOSSIBLE', `${node.mspId} is no member of the channel.`);
  const problems = [...findIdentityProblems(msp, node.identity), ...findTlsProblems(msp, node), ...findAgeProblems(node, now)];
  if (problems.length === 0) return;
  throw new ChannelError(
    'CHANNEL_MATERIAL_UNFIT',
    [`The certificates of the orderer of ${node.mspId} cannot be used:`, ...problems.map((problem) => `  ${problem}`)].join('\n'),
    "Have the organisation's certificate authority issue them (`certs`), as an orderer and for its address.",
  );
}

function findIdentityProblems(msp: Uint8Array, identity: string): readonly string[] {
  const certificate = parseCertificate(bytesOf(identity));
  if (certificate === undefined) return ['the one for signing is no PEM certificate'];
  const bearer = newFabricMsp(msp).admit(certificate);
  if (bearer === undefined) return ['the one for signing is not accepted: not of this organisation, revoked, or without a role'];
  return bearer.role === 'orderer' ? [] : [`the one for signing is that of a ${bearer.role ?? 'nobody'}, not of an orderer`];
}

function findTlsProblems(msp: Uint8Array, { tls, address }: OrdererNode): readonly string[] {
  const certificate = parseX509(tls);
  if (certificate === undefined) return ['the one for TLS is no PEM certificate'];
  const config = readMsp(msp);
  const authorities = pemsOf([...config.getTlsRootCertsList_asU8(), ...config.getTlsIntermediateCertsList_asU8()]).map(parseX509);
  const isCertified = authorities.some((authority) => authority !== undefined && isIssuedBy(certificate, authority));
  const isForHost = certificate.checkHost(address.host) ?? certificate.checkIP(address.host);
  return [
    ...(isCertified ? [] : ['the one for TLS is not certified by an authority that the channel knows']),
    ...(isForHost === undefined ? [`the one for TLS is not for ${address.host}`] : []),
  ];
}

function findAgeProblems({ identity, tls }: OrdererNode, now: Date): readonly string[] {
  return [parseX509(identity), parseX509(tls)].flatMap((certificate) => {
    if (certificate === undefined || new Date(certificate.validTo) > now) return [];
    return [`"${certificate.subject.replaceAll('\n', ', ')}" expired on ${new Date(certificate.validTo).toISOString()}`];
  });
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function parseX509(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
