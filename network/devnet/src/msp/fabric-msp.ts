import { msp as messages } from '@hyperledger/fabric-protos';
import { sha256 } from '../proto/bytes';
import { decode } from '../proto/wire';
import { chainsOf, parseAuthority, type Authority, type Chain } from './authority';
import { hasP256Key, parseCertificate, sameCertificate, type Certificate } from './certificate';
import { MspRefused } from './msp-refused';
import { carriesListedUnit, roleOf, type NodeOus, type OrganizationalUnit } from './node-ous';
import type { Bearer } from './principals';
import { parseRevocationList, type RevocationList } from './revocation-list';

/** One organisation's rules for its identities. */
export interface FabricMsp {
  readonly mspId: string;
  /** The bearer that a certificate makes; undefined where the MSP does not accept it. */
  admit(certificate: Certificate): Bearer | undefined;
}

interface Rules {
  readonly mspId: string;
  readonly authorities: readonly Authority[];
  readonly admins: readonly Certificate[];
  readonly revocations: readonly RevocationList[];
  readonly listedUnits: readonly OrganizationalUnit[];
  /** Absent: NodeOUs are off, and nobody holds a role but admins by their certificate. */
  readonly nodeOus: NodeOus | undefined;
}

const FABRIC_TYPE = 0;

/**
 * Sets up an MSP of a serialized msp.MSPConfig (msp/mspimplsetup.go).
 * @throws MspRefused for what is no X.509 MSP, or not consistent
 */
export function newFabricMsp(config: Uint8Array): FabricMsp {
  const outer = decode(messages.MSPConfig, config);
  if (outer.getType() !== FABRIC_TYPE) throw new MspRefused('', `type ${String(outer.getType())} is not supported: use X.509 identities`);
  const rules = readRules(decode(messages.FabricMSPConfig, outer.getConfig_asU8()));
  const issuesAuthorities = new Set(
    rules.authorities.flatMap((authority) =>
      authority.isRoot ? [] : chainsOf(authority, rules.authorities, momentOf(authority)).map(([parent]) => parent.fingerprint),
    ),
  );
  return { mspId: rules.mspId, admit: (certificate) => admit(rules, issuesAuthorities, certificate) };
}

function admit(rules: Rules, issuesAuthorities: ReadonlySet<string>, certificate: Certificate): Bearer | undefined {
  if (certificate.x509.ca || !hasP256Key(certificate)) return undefined;
  const [chain, ...others] = chainsOf(certificate, rules.authorities, momentOf(certificate));
  if (chain === undefined || others.length > 0 || issuesAuthorities.has(chain[0].fingerprint)) return undefined;
  if (rules.revocations.some((list) => list.revokes(certificate, chain[0])) || !hasUnits(rules, chain, certificate)) return undefined;
  return {
    mspId: rules.mspId,
    certificate,
    role: rules.nodeOus && roleOf(certificate, chain, rules.nodeOus),
    isListedAdmin: rules.admins.some((admin) => sameCertificate(admin, certificate)),
    certifiersIdentifier: identifierOf(chain),
  };
}

/** When a certificate is judged: a second after its own beginning (msp/mspimplvalidate.go, getValidityOptsForCert), so time never changes a verdict. */
function momentOf(certificate: Certificate): Date {
  return new Date(certificate.notBefore.getTime() + 1000);
}

/** With a list of units, one of them; with NodeOUs, exactly one role. */
function hasUnits({ listedUnits, nodeOus }: Rules, chain: Chain, certificate: Certificate): boolean {
  const isListed = listedUnits.length === 0 || carriesListedUnit(certificate, chain, listedUnits);
  return isListed && (nodeOus === undefined || roleOf(certificate, chain, nodeOus) !== undefined);
}

function identifierOf(chain: Chain): Uint8Array {
  return sha256(...chain.map((authority) => authority.der));
}

function readRules(config: messages.FabricMSPConfig): Rules {
  const mspId = config.getName();
  if (mspId === '') throw new MspRefused('', 'the configuration has no name');
  const roots = config.getRootCertsList_asU8().map((pem) => parseAuthority(mspId, pem, true));
  if (roots.length === 0) throw new MspRefused(mspId, 'no root certificate: at least one CA is needed');
  const intermediates = config.getIntermediateCertsList_asU8().map((pem) => parseAuthority(mspId, pem, false));
  const authorities = [...roots, ...intermediates];
  const readUnit = (unit: messages.FabricOUIdentifier): OrganizationalUnit => newUnit(mspId, authorities, unit);
  return {
    mspId,
    authorities,
    admins: config.getAdminsList_asU8().map((pem) => parseAdmin(mspId, pem)),
    revocations: config.getRevocationListList_asU8().map((list) => parseRevocationList(mspId, list)),
    listedUnits: config.getOrganizationalUnitIdentifiersList().map(readUnit),
    nodeOus: readNodeOus(config.getFabricNodeOus(), readUnit),
  };
}

function parseAdmin(mspId: string, pem: Uint8Array): Certificate {
  const certificate = parseCertificate(pem);
  if (certificate === undefined) throw new MspRefused(mspId, 'an administrator certificate is no PEM certificate');
  return certificate;
}

function newUnit(mspId: string, authorities: readonly Authority[], unit: messages.FabricOUIdentifier): OrganizationalUnit {
  const identifier = unit.getOrganizationalUnitIdentifier();
  const pem = unit.getCertificate_asU8();
  if (pem.length === 0) return { identifier, certificate: undefined };
  const certificate = parseCertificate(pem);
  const authority = certificate && authorities.find((other) => sameCertificate(other, certificate));
  if (authority === undefined)
    throw new MspRefused(mspId, `organizational unit ${identifier} names a certificate that is no CA of this MSP`);
  return { identifier, certificate: authority };
}

function readNodeOus(
  config: messages.FabricNodeOUs | undefined,
  read: (unit: messages.FabricOUIdentifier) => OrganizationalUnit,
): NodeOus | undefined {
  if (config?.getEnable() !== true) return undefined;
  const client = config.getClientOuIdentifier();
  const peer = config.getPeerOuIdentifier();
  const admin = config.getAdminOuIdentifier();
  const orderer = config.getOrdererOuIdentifier();
  return {
    ...(client && { client: read(client) }),
    ...(peer && { peer: read(peer) }),
    ...(admin && { admin: read(admin) }),
    ...(orderer && { orderer: read(orderer) }),
  };
}
