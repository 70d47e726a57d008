import { common, msp } from '@hyperledger/fabric-protos';
import { MalformedMessage, decode } from '@medaccord/devnet/blocks';
import type { ConfigPolicyNode } from '@medaccord/devnet/configuration';
import { textOf } from '../configuration-values';
import { describeBytes, describeCertificate } from './describe-certificate';

interface Principal {
  /** Undefined: not a role of an organisation. */
  readonly role: string | undefined;
  readonly mspId: string;
  readonly words: string;
}

const { Classification } = msp.MSPPrincipal;
const ROLES: ReadonlyMap<number, string> = new Map(
  Object.entries(msp.MSPRole.MSPRoleType).map(([name, role]) => [role, name.toLowerCase()]),
);
const META: Readonly<Record<number, string>> = {
  [common.ImplicitMetaPolicy.Rule.ANY]: 'of any organisation',
  [common.ImplicitMetaPolicy.Rule.ALL]: 'of all organisations',
  [common.ImplicitMetaPolicy.Rule.MAJORITY]: 'of more than half of the organisations',
};

/** What a policy asks for, as `2 of the peers of AMSP, BMSP, CMSP` or `the Admins of more than half of the organisations`. */
export function describePolicy({ type, value }: Pick<ConfigPolicyNode, 'type' | 'value'>): string {
  try {
    if (type === common.Policy.PolicyType.IMPLICIT_META) return describeMeta(value);
    if (type === common.Policy.PolicyType.SIGNATURE) return describeSignatures(decode(common.SignaturePolicyEnvelope, value));
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
  }
  return `something that cannot be read (type ${String(type)}, ${describeBytes(value)})`;
}

function describeMeta(value: Uint8Array): string {
  const meta = decode(common.ImplicitMetaPolicy, value);
  return `the ${meta.getSubPolicy()} ${META[meta.getRule()] ?? `by the unknown rule ${String(meta.getRule())}`}`;
}

function describeSignatures(envelope: common.SignaturePolicyEnvelope): string {
  const rule = envelope.getRule();
  if (rule === undefined) return 'something nobody can satisfy';
  return describeRule(rule, envelope.getIdentitiesList().map(readPrincipal));
}

function describeRule(rule: common.SignaturePolicy, principals: readonly Principal[]): string {
  const gate = rule.getNOutOf();
  if (gate === undefined) return principals[rule.getSignedBy()]?.words ?? 'somebody who is not named';
  const rules = gate.getRulesList();
  const leaves = rules.map((each) => (each.hasSignedBy() ? principals[each.getSignedBy()] : undefined));
  const named = leaves.filter((leaf) => leaf !== undefined);
  const short = named.length === rules.length ? describeAlike(gate.getN(), named) : undefined;
  return short ?? `${String(gate.getN())} of (${rules.map((each) => describeRule(each, principals)).join('; ')})`;
}

/** One role of several organisations, or several roles of one. */
function describeAlike(n: number, principals: readonly Principal[]): string | undefined {
  const [first] = principals;
  if (first?.role === undefined || principals.some(({ role }) => role === undefined)) return undefined;
  if (n === 1 && principals.every(({ mspId }) => mspId === first.mspId))
    return `${withArticle(principals.map(({ role }) => role).join(', '))} of ${first.mspId}`.replace(/, ([a-z]+) of/, ' or $1 of');
  if (principals.every(({ role }) => role === first.role))
    return `${String(n)} of the ${first.role}s of ${principals.map(({ mspId }) => mspId).join(', ')}`;
  return undefined;
}

function readPrincipal(principal: msp.MSPPrincipal): Principal {
  const content = principal.getPrincipal_asU8();
  const kind = principal.getPrincipalClassification();
  if (kind === Classification.ROLE) {
    const message = decode(msp.MSPRole, content);
    const role = ROLES.get(message.getRole()) ?? 'unknown role';
    return { role, mspId: message.getMspIdentifier(), words: `${withArticle(role)} of ${message.getMspIdentifier()}` };
  }
  if (kind === Classification.IDENTITY) {
    const identity = decode(msp.SerializedIdentity, content);
    const words = `${identity.getMspid()} with ${describeCertificate(textOf(identity.getIdBytes_asU8()))}`;
    return { role: undefined, mspId: identity.getMspid(), words };
  }
  if (kind === Classification.ORGANIZATION_UNIT) {
    const unit = decode(msp.OrganizationUnit, content);
    const words = `the unit ${unit.getOrganizationalUnitIdentifier()} of ${unit.getMspIdentifier()}`;
    return { role: undefined, mspId: unit.getMspIdentifier(), words };
  }
  return { role: undefined, mspId: '', words: `a principal of kind ${String(kind)} (${describeBytes(content)})` };
}

function withArticle(words: string): string {
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}
