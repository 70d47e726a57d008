import { readFileSync } from 'node:fs';
import type { ChaincodeServiceSpec, ChaincodeSpec, CollectionSpec, ConsortiumSpec, OrganisationSpec, PolicySpec } from '@medaccord/devnet';
import type { Collection, KeyFiles, Organisation, Policy, Topology } from '../topology';
import type { ChaincodeRelease } from './ledger-engine';

/** The consortium of a topology in the devnet's words, with the material that its certificate authorities issued. */
export function readDevnetConsortium(topology: Topology): ConsortiumSpec {
  return {
    channel: topology.channel,
    organisations: topology.organisations.map(readDevnetOrganisation),
    policies: Object.fromEntries(topology.policies.map((policy) => [policy.name, formatPolicy(policy, topology)])),
  };
}

/** A release as a definition with this sequence, and where each organisation runs it. */
export function readDevnetChaincode(topology: Topology, release: ChaincodeRelease, sequence: number): ChaincodeSpec {
  const { name, policyReference } = topology.chaincode;
  const services = Object.fromEntries(topology.organisations.map((organisation) => [organisation.mspId, readDevnetService(organisation)]));
  return { name, ...release, sequence, policy: policyReference, collections: topology.chaincode.collections.map(readCollection), services };
}

function readCollection({ mspIds, policyReference, ...collection }: Collection): CollectionSpec {
  const policy = `OR(${mspIds.map((mspId) => `'${mspId}.member'`).join(', ')})`;
  return {
    ...collection,
    policy,
    ...(policyReference === undefined ? {} : { endorsementPolicy: { channelConfigPolicy: policyReference } }),
  };
}

/** An organisation in the devnet's words, with its material. */
export function readDevnetOrganisation({ mspId, ports, identities, tls, msp }: Organisation): OrganisationSpec {
  return {
    mspId,
    port: ports.peer,
    material: {
      caCertificates: [read(msp.caCertificate)],
      tlsCaCertificates: [read(msp.tlsCaCertificate)],
      peer: readPair(identities.peer),
      orderer: readPair(identities.orderer),
      admin: readPair(identities.admin),
      tls: readPair(tls.peer),
    },
  };
}

/** The peer shows its own TLS certificate to the chaincode service, which answers nobody else. */
export function readDevnetService({ ports, tls }: Organisation): ChaincodeServiceSpec {
  // By name: TLS has no way to ask a server for an address (RFC 6066).
  return {
    address: `localhost:${String(ports.chaincode)}`,
    tlsRootCertificates: read(tls.chaincode.rootCertificate),
    client: readPair(tls.peer),
  };
}

/** A policy over all members grows when a member joins; one over some is fixed. */
function formatPolicy({ outOf, mspIds }: Policy, { organisations }: Topology): PolicySpec {
  if (organisations.every(({ mspId }) => mspIds.includes(mspId))) return { outOf, role: 'peer' };
  return `OutOf(${String(outOf)}, ${mspIds.map((mspId) => `'${mspId}.peer'`).join(', ')})`;
}

function readPair({ certificate, privateKey }: KeyFiles): { certificate: string; privateKey: string } {
  return { certificate: read(certificate), privateKey: read(privateKey) };
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
