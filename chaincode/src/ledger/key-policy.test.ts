import { common, msp } from '@hyperledger/fabric-protos';
import type { MspId } from '../model';
import { all, atLeast, formatKeyPolicy, single, withAnyOther, type KeyPolicy } from './key-policy';

const members = Array.from({ length: 300 }, (_, index) => `Member${String(index).padStart(3, '0')}MSP` as MspId);

/** The same policy through Fabric's generated classes. */
function formatByProtos(policy: KeyPolicy): Uint8Array {
  const names: string[] = [];
  const ruleOf = (part: KeyPolicy): common.SignaturePolicy => {
    const rule = new common.SignaturePolicy();
    if (typeof part === 'string') {
      if (!names.includes(part)) names.push(part);
      rule.setSignedBy(names.indexOf(part));
      return rule;
    }
    const nOutOf = new common.SignaturePolicy.NOutOf();
    nOutOf.setN(part.outOf);
    nOutOf.setRulesList(part.rules.map(ruleOf));
    rule.setNOutOf(nOutOf);
    return rule;
  };
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(ruleOf(policy));
  envelope.setIdentitiesList(
    names.map((name) => {
      const role = new msp.MSPRole();
      role.setMspIdentifier(name);
      role.setRole(msp.MSPRole.MSPRoleType.PEER);
      const principal = new msp.MSPPrincipal();
      principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
      principal.setPrincipal(role.serializeBinary());
      return principal;
    }),
  );
  return envelope.serializeBinary();
}

describe('a key policy', () => {
  const [first = '' as MspId] = members;
  const few = members.slice(0, 5);
  test.each<[string, KeyPolicy]>([
    ['one member', single(first)],
    ['all of five', all(few)],
    ['three of four', atLeast(3, members.slice(0, 4))],
    ['one and any other', withAnyOther(first, few)],
    ['all of three hundred', all(members)],
    ['one of three hundred and any other', withAnyOther(members[299] ?? first, members)],
  ])('of %s has the bytes that Fabric would write', (_, policy) => {
    expect(Buffer.from(formatKeyPolicy(policy))).toEqual(Buffer.from(formatByProtos(policy)));
  });

  test('does not depend on the order of the members', () => {
    expect(formatKeyPolicy(all([...few].reverse()))).toEqual(formatKeyPolicy(all(few)));
    expect(formatKeyPolicy(withAnyOther(first, [...few].reverse()))).toEqual(formatKeyPolicy(withAnyOther(first, few)));
  });
});
