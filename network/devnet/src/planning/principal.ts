import { msp } from '@hyperledger/fabric-protos';
import { equalBytes, hex } from '../proto/bytes';
import { readSerializedIdentity } from '../proto/envelopes';
import { decode } from '../proto/wire';

const { MSPPrincipal, MSPRole, OrganizationUnit } = msp;

/** A principal that can be compared with others (common/policies/inquire/compare.go). */
export interface Principal {
  /** Serialized msp.MSPPrincipal. */
  readonly bytes: Uint8Array;
  /** Equal for equal principals. */
  readonly key: string;
  readonly mspId: string;
  /** msp.MSPRole.MSPRoleType. */
  readonly role?: number;
  readonly unit?: { readonly name: string; readonly certifiers: Uint8Array };
  readonly certificate?: Uint8Array;
}

/** undefined: a kind that Fabric does not plan with (combined, anonymous) or unreadable. */
export function parsePrincipal(message: msp.MSPPrincipal): Principal | undefined {
  const bytes = message.serializeBinary();
  const content = message.getPrincipal_asU8();
  const base = { bytes, key: hex(bytes) };
  try {
    switch (message.getPrincipalClassification()) {
      case MSPPrincipal.Classification.ROLE: {
        const role = decode(MSPRole, content);
        return { ...base, mspId: role.getMspIdentifier(), role: role.getRole() };
      }
      case MSPPrincipal.Classification.ORGANIZATION_UNIT: {
        const unit = decode(OrganizationUnit, content);
        const parsed = { name: unit.getOrganizationalUnitIdentifier(), certifiers: unit.getCertifiersIdentifier_asU8() };
        return { ...base, mspId: unit.getMspIdentifier(), unit: parsed };
      }
      case MSPPrincipal.Classification.IDENTITY: {
        const { mspId, idBytes } = readSerializedIdentity(content);
        return { ...base, mspId, certificate: idBytes };
      }
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** Whether everybody who satisfies the one also satisfies the other: a peer is a member. */
export function isA(one: Principal, other: Principal): boolean {
  if (one.mspId !== other.mspId) return false;
  if (other.role === MSPRole.MSPRoleType.MEMBER) return true;
  if (one.unit !== undefined && other.unit !== undefined)
    return one.unit.name === other.unit.name && equalBytes(one.unit.certifiers, other.unit.certifiers);
  if (one.role !== undefined && other.role !== undefined) return one.role === other.role;
  return one.certificate !== undefined && other.certificate !== undefined && equalBytes(one.certificate, other.certificate);
}
