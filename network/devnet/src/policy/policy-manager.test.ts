import { common, msp, peer } from '@hyperledger/fabric-protos';
import type { Identity, MspRegistry, SignedData } from '../msp/identity';
import { EMPTY, text, utf8 } from '../proto/bytes';
import { newPolicyManager } from './policy-manager';
import { compileSignaturePolicy } from './signature-policy';

const { MSPPrincipal, MSPRole } = msp;

function role(
  mspId: string,
  kind: msp.MSPRole.MSPRoleTypeMap[keyof msp.MSPRole.MSPRoleTypeMap] = MSPRole.MSPRoleType.PEER,
): msp.MSPPrincipal {
  const message = new MSPRole();
  message.setMspIdentifier(mspId);
  message.setRole(kind);
  const principal = new MSPPrincipal();
  principal.setPrincipal(message.serializeBinary());
  return principal;
}

/** The number of a principal, or n followed by rules. */
type Tree = number | Branch;
interface Branch extends ReadonlyArray<Tree> {
  readonly 0: number;
}

function rule(tree: Tree): common.SignaturePolicy {
  const message = new common.SignaturePolicy();
  if (typeof tree === 'number') {
    message.setSignedBy(tree);
    return message;
  }
  const [n, ...rules] = tree;
  const nOutOf = new common.SignaturePolicy.NOutOf();
  nOutOf.setN(n);
  nOutOf.setRulesList(rules.map(rule));
  message.setNOutOf(nOutOf);
  return message;
}

function envelope(tree: Tree, principals: readonly msp.MSPPrincipal[]): Uint8Array {
  const message = new common.SignaturePolicyEnvelope();
  message.setRule(rule(tree));
  message.setIdentitiesList([...principals]);
  return message.serializeBinary();
}

/** Identities are written `A`, `A2`, ...: member of the organisation of their first letter, and peer of it unless they end in `c`. */
const msps: MspRegistry = {
  identify: (serialized) => {
    const name = text(serialized);
    if (name === '?') return { problem: 'malformed' };
    const satisfies = (principal: Uint8Array): boolean => {
      const asked = MSPRole.deserializeBinary(MSPPrincipal.deserializeBinary(principal).getPrincipal_asU8());
      const holds = asked.getRole() === MSPRole.MSPRoleType.MEMBER || !name.endsWith('c');
      return asked.getMspIdentifier() === name[0] && holds;
    };
    return { mspId: name[0], id: name, satisfies, verify: (_message, signature) => text(signature) === 'good' } as Identity;
  },
};

const signed = (...names: readonly string[]): readonly SignedData[] =>
  names.map((name) => ({ identity: utf8(name.replace('!', '')), message: EMPTY, signature: utf8(name.endsWith('!') ? 'bad' : 'good') }));

const A = role('A');
const B = role('B');
const C = role('C');
const MEMBER_A = role('A', MSPRole.MSPRoleType.MEMBER);

function group(
  policies: Readonly<Record<string, common.Policy>>,
  groups: Readonly<Record<string, common.ConfigGroup>> = {},
): common.ConfigGroup {
  const message = new common.ConfigGroup();
  for (const [name, policy] of Object.entries(policies)) {
    const entry = new common.ConfigPolicy();
    entry.setPolicy(policy);
    message.getPoliciesMap().set(name, entry);
  }
  for (const [name, child] of Object.entries(groups)) message.getGroupsMap().set(name, child);
  return message;
}

function signaturePolicy(value: Uint8Array): common.Policy {
  const policy = new common.Policy();
  policy.setType(common.Policy.PolicyType.SIGNATURE);
  policy.setValue(value);
  return policy;
}

function implicitMeta(kind: 'ANY' | 'ALL' | 'MAJORITY', subPolicy: string): common.Policy {
  const meta = new common.ImplicitMetaPolicy();
  meta.setRule(common.ImplicitMetaPolicy.Rule[kind]);
  meta.setSubPolicy(subPolicy);
  const policy = new common.Policy();
  policy.setType(common.Policy.PolicyType.IMPLICIT_META);
  policy.setValue(meta.serializeBinary());
  return policy;
}

const organisation = (principal: msp.MSPPrincipal): common.ConfigGroup =>
  group({ Endorsement: signaturePolicy(envelope([1, 0], [principal])) });

const application = group(
  {
    Most: implicitMeta('MAJORITY', 'Endorsement'),
    All: implicitMeta('ALL', 'Endorsement'),
    Any: implicitMeta('ANY', 'Endorsement'),
    Nobody: implicitMeta('ANY', 'Unknown'),
    Pair: signaturePolicy(envelope([2, 0, 1], [A, B])),
    Broken: signaturePolicy(utf8('\u0007broken')),
  },
  { A: organisation(A), B: organisation(B), C: organisation(C), D: group({}) },
);
const policies = newPolicyManager(
  group(
    { Readers: implicitMeta('ANY', 'Any'), Void: implicitMeta('ALL', 'Any') },
    { Application: application, Empty: group({ Void: implicitMeta('ALL', 'X') }) },
  ),
  msps,
);

describe('a signature policy', () => {
  const holds = (tree: Tree, principals: readonly msp.MSPPrincipal[], ...names: readonly string[]): boolean =>
    policies.evaluateEnvelope(envelope(tree, principals), signed(...names)).satisfied;

  it('counts each identity once', () => {
    expect(holds([2, 0, 0], [A], 'A')).toBe(false);
    expect(holds([2, 0, 0], [A], 'A', 'A')).toBe(false);
    expect(holds([2, 0, 0], [A], 'A', 'A2')).toBe(true);
  });

  it('takes the first that fits, without trying others later', () => {
    expect(holds([2, 0, 1], [MEMBER_A, A], 'A', 'Ac')).toBe(false);
    expect(holds([2, 0, 1], [MEMBER_A, A], 'Ac', 'A')).toBe(true);
  });

  it('gives identities of a part that failed back to the parts after it', () => {
    expect(holds([1, [2, 0, 1], 0], [A, B], 'A')).toBe(true);
    expect(holds([2, [2, 0, 1], 0, 2], [A, B, C], 'A', 'C')).toBe(true);
  });

  it('may ask for nothing', () => {
    expect(holds([0], [])).toBe(true);
  });

  it('passes unreadable and wrongly signed identities over, and lets a right signature follow a wrong one', () => {
    expect(holds([2, 0, 1], [A, B], '?', 'A!', 'A', 'B')).toBe(true);
    expect(holds([2, 0, 1], [A, B], 'A', 'B!')).toBe(false);
  });

  it.each([
    ['is no message', GARBAGE()],
    ['has no rule', new common.SignaturePolicyEnvelope().serializeBinary()],
    ['names a principal that is not there', envelope([1, 3], [A])],
    ['has another version', versioned(1)],
  ])('that %s is never satisfied', (_what, bytes) => {
    expect(compileSignaturePolicy(bytes)).toBeUndefined();
    expect(policies.evaluateEnvelope(bytes, signed('A', 'B', 'C')).satisfied).toBe(false);
  });
});

function GARBAGE(): Uint8Array {
  return Uint8Array.of(0xff, 0xff);
}

function versioned(version: number): Uint8Array {
  const message = common.SignaturePolicyEnvelope.deserializeBinary(envelope([1, 0], [A]));
  message.setVersion(version);
  return message.serializeBinary();
}

describe('an implicit meta policy', () => {
  const holds = (reference: string, ...names: readonly string[]): boolean => policies.evaluate(reference, signed(...names)).satisfied;

  it('asks for more than half of the groups, counting one that lacks the policy', () => {
    expect(holds('/Channel/Application/Most', 'A', 'B')).toBe(false);
    expect(holds('/Channel/Application/Most', 'A', 'B', 'C')).toBe(true);
  });

  it('asks for all, which a group without the policy makes impossible', () => {
    expect(holds('/Channel/Application/All', 'A', 'B', 'C')).toBe(false);
  });

  it('asks for any', () => {
    expect([holds('/Channel/Application/Any', 'C'), holds('/Channel/Application/Any')]).toEqual([true, false]);
  });

  it('of policies that no group has is not satisfied', () => {
    expect(holds('/Channel/Application/Nobody', 'A', 'B', 'C')).toBe(false);
  });

  it('of a group without children is satisfied', () => {
    expect(holds('/Channel/Empty/Void')).toBe(true);
  });

  it('may stand on another one', () => {
    expect([holds('/Channel/Readers', 'B'), holds('/Channel/Readers')]).toEqual([true, false]);
  });
});

describe('a reference', () => {
  it('to a policy that is not there, is broken, or is not absolute is not satisfied', () => {
    for (const reference of ['/Channel/Application/Ghost', '/Channel/Application/Broken', 'Application/Any', ''])
      expect(policies.evaluate(reference, signed('A', 'B', 'C')).satisfied).toBe(false);
  });

  it('stands in an application policy as well as a signature policy does', () => {
    const byReference = new peer.ApplicationPolicy();
    byReference.setChannelConfigPolicyReference('/Channel/Application/Pair');
    const own = new peer.ApplicationPolicy();
    own.setSignaturePolicy(common.SignaturePolicyEnvelope.deserializeBinary(envelope([1, 0], [C])));
    const holds = (policy: Uint8Array, ...names: readonly string[]): boolean =>
      policies.evaluateApplicationPolicy(policy, signed(...names)).satisfied;
    expect([holds(byReference.serializeBinary(), 'A', 'B'), holds(byReference.serializeBinary(), 'A')]).toEqual([true, false]);
    expect([holds(own.serializeBinary(), 'C'), holds(own.serializeBinary(), 'A')]).toEqual([true, false]);
    expect([holds(EMPTY, 'A', 'B', 'C'), holds(GARBAGE(), 'A', 'B', 'C')]).toEqual([false, false]);
  });

  it('comes down to one envelope that says the same', () => {
    const resolved = policies.resolve('/Channel/Application/Any');
    expect(resolved).toBeUndefined();
    const complete = newPolicyManager(
      group({ Two: implicitMeta('MAJORITY', 'Endorsement') }, { A: organisation(A), B: organisation(B), C: organisation(B) }),
      msps,
    );
    const bytes = complete.resolve('/Channel/Two') ?? EMPTY;
    expect(common.SignaturePolicyEnvelope.deserializeBinary(bytes).getIdentitiesList()).toHaveLength(2);
    expect(complete.evaluateEnvelope(bytes, signed('A', 'B')).satisfied).toBe(true);
    expect(complete.evaluateEnvelope(bytes, signed('A', 'A2')).satisfied).toBe(false);
  });
});

describe('the explanation of a verdict', () => {
  it('names what is asked, who signed and who is missing', () => {
    const { explanation } = policies.evaluate('/Channel/Application/Pair', signed('A'));
    expect(explanation).toBe('/Channel/Application/Pair asks for all of (peer of A, peer of B); signed by A; no signature of peer of B');
  });

  it('says when everybody asked has signed, but one signature would have to count twice', () => {
    const { explanation } = policies.evaluateEnvelope(envelope([2, 0, 0], [A]), signed('A'));
    expect(explanation).toMatch(/the signatures do not add up$/);
  });

  it('names the groups of an implicit meta policy that did not hold', () => {
    expect(policies.evaluate('/Channel/Application/Most', signed('B')).explanation).toMatch(/signed by B; not held by A, C, D$/);
  });
});
