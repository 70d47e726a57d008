import type { MspId } from '../model';

/** Who must endorse a change of a key: one member, or n of several rules. */
export type KeyPolicy = MspId | { readonly outOf: number; readonly rules: readonly KeyPolicy[] };

/** The member alone. */
export const single = (mspId: MspId): KeyPolicy => mspId;

/** Every member. */
export const all = (members: readonly MspId[]): KeyPolicy => ({ outOf: members.length, rules: sorted(members) });

/** Any so many of the members. */
export const atLeast = (outOf: number, members: readonly MspId[]): KeyPolicy => ({ outOf, rules: sorted(members) });

/** One member and any other: neither it alone nor all others together. */
export function withAnyOther(mspId: MspId, members: readonly MspId[]): KeyPolicy {
  return { outOf: 2, rules: [mspId, { outOf: 1, rules: sorted(members.filter((member) => member !== mspId)) }] };
}

const ROLE_PEER = 3;

/**
 * Formats a policy as the bytes of `common.SignaturePolicyEnvelope` (fabric-protos common/policies.proto, msp/msp_principal.proto), the value
 * of VALIDATION_PARAMETER: peers of the named members. The shim's KeyEndorsementPolicy knows "all of" only. Four messages are written
 * by hand, for a second copy of all of Fabric's protobuf classes costs more memory than the rest of this chaincode.
 */
export function formatKeyPolicy(policy: KeyPolicy): Uint8Array {
  const members: MspId[] = [];
  const rule = formatRule(policy, members);
  return Buffer.concat([bytesField(2, rule), ...members.map((member) => bytesField(3, formatPrincipal(member)))]);
}

function formatRule(policy: KeyPolicy, members: MspId[]): Uint8Array {
  if (typeof policy === 'string') {
    if (!members.includes(policy)) members.push(policy);
    return Buffer.from([fieldTag(1, 0), ...varint(members.indexOf(policy))]);
  }
  const rules = policy.rules.map((rule) => bytesField(2, formatRule(rule, members)));
  return bytesField(2, Buffer.concat([Buffer.from([fieldTag(1, 0), ...varint(policy.outOf)]), ...rules]));
}

function formatPrincipal(mspId: MspId): Uint8Array {
  const role = Buffer.concat([bytesField(1, Buffer.from(mspId, 'utf8')), Buffer.from([fieldTag(2, 0), ROLE_PEER])]);
  return bytesField(2, role);
}

function bytesField(number: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([fieldTag(number, 2), ...varint(bytes.length)]), bytes]);
}

function fieldTag(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function sorted(members: readonly MspId[]): readonly MspId[] {
  return [...members].sort();
}
