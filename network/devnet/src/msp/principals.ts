import { msp } from '@hyperledger/fabric-protos';
import { equalBytes } from '../proto/bytes';
import { readSerializedIdentity } from '../proto/envelopes';
import { decode, MalformedMessage } from '../proto/wire';
import type { Certificate } from './certificate';
import { parseCertificate, sameCertificate } from './certificate';
import type { NodeRole } from './node-ous';

/** What principals ask about an identity that its MSP accepts. */
export interface Bearer {
  readonly mspId: string;
  readonly certificate: Certificate;
  readonly role: NodeRole | undefined;
  readonly isListedAdmin: boolean;
  /** Hash of the chain from the issuing CA to the root, as an organizational unit names its certifier. */
  readonly certifiersIdentifier: Uint8Array;
}

const { MSPPrincipal, MSPRole, OrganizationUnit, CombinedPrincipal, MSPIdentityAnonymity } = msp;
type Question = (bearer: Bearer, principal: Uint8Array) => boolean;

const KINDS: Readonly<Record<number, Question>> = {
  [MSPPrincipal.Classification.ROLE]: holdsRole,
  [MSPPrincipal.Classification.ORGANIZATION_UNIT]: belongsToUnit,
  [MSPPrincipal.Classification.IDENTITY]: isIdentity,
  [MSPPrincipal.Classification.ANONYMITY]: isNominal,
  [MSPPrincipal.Classification.COMBINED]: (bearer, principal) => {
    const parts = decode(CombinedPrincipal, principal).getPrincipalsList();
    return parts.length > 0 && parts.every((part) => satisfiesPrincipal(bearer, part.serializeBinary()));
  },
};

/** Whether the bearer is what a serialized msp.MSPPrincipal describes (msp/mspimpl.go, satisfiesPrincipalInternalV142). Unreadable: no. */
export function satisfiesPrincipal(bearer: Bearer, principal: Uint8Array): boolean {
  try {
    const message = decode(MSPPrincipal, principal);
    return KINDS[message.getPrincipalClassification()]?.(bearer, message.getPrincipal_asU8()) ?? false;
  } catch (error) {
    if (error instanceof MalformedMessage) return false;
    throw error;
  }
}

function holdsRole(bearer: Bearer, principal: Uint8Array): boolean {
  const role = decode(MSPRole, principal, { strings: [1] });
  if (role.getMspIdentifier() !== bearer.mspId) return false;
  switch (role.getRole()) {
    case MSPRole.MSPRoleType.MEMBER:
      return true;
    case MSPRole.MSPRoleType.ADMIN:
      return bearer.isListedAdmin || bearer.role === 'admin';
    case MSPRole.MSPRoleType.CLIENT:
      return bearer.role === 'client';
    case MSPRole.MSPRoleType.PEER:
      return bearer.role === 'peer';
    case MSPRole.MSPRoleType.ORDERER:
      return bearer.role === 'orderer';
    default:
      return false;
  }
}

function belongsToUnit(bearer: Bearer, principal: Uint8Array): boolean {
  const unit = decode(OrganizationUnit, principal, { strings: [1, 2] });
  if (unit.getMspIdentifier() !== bearer.mspId) return false;
  return (
    bearer.certificate.organizationalUnits.includes(unit.getOrganizationalUnitIdentifier()) &&
    equalBytes(unit.getCertifiersIdentifier_asU8(), bearer.certifiersIdentifier)
  );
}

function isIdentity(bearer: Bearer, principal: Uint8Array): boolean {
  const { mspId, idBytes } = readSerializedIdentity(principal);
  const certificate = parseCertificate(idBytes);
  return mspId === bearer.mspId && certificate !== undefined && sameCertificate(certificate, bearer.certificate);
}

/** An X.509 identity always shows its name. */
function isNominal(_bearer: Bearer, principal: Uint8Array): boolean {
  return decode(MSPIdentityAnonymity, principal).getAnonymityType() === MSPIdentityAnonymity.MSPIdentityAnonymityType.NOMINAL;
}
