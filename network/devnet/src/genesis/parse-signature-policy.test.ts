import { common, msp } from '@hyperledger/fabric-protos';
import { parseSignaturePolicy } from './parse-signature-policy';

const describePolicy = (source: string): unknown => {
  const policy = parseSignaturePolicy(source);
  const names = policy.getIdentitiesList().map((identity) => {
    const role = msp.MSPRole.deserializeBinary(identity.getPrincipal_asU8());
    return `${role.getMspIdentifier()}.${String(role.getRole())}`;
  });
  const walk = (rule: common.SignaturePolicy | undefined): unknown =>
    rule?.getTypeCase() === common.SignaturePolicy.TypeCase.SIGNED_BY
      ? rule.getSignedBy()
      : [rule?.getNOutOf()?.getN(), ...(rule?.getNOutOf()?.getRulesList() ?? []).map(walk)];
  return [walk(policy.getRule()), names];
};

test('AND, OR and OutOf become n-out-of rules over the principals in order', () => {
  expect(describePolicy("OR('AMSP.member', 'BMSP.admin')")).toEqual([
    [1, 0, 1],
    ['AMSP.0', 'BMSP.1'],
  ]);
  expect(describePolicy('and("AMSP.peer","BMSP.client","CMSP.orderer")')).toEqual([
    [3, 0, 1, 2],
    ['AMSP.3', 'BMSP.2', 'CMSP.4'],
  ]);
  expect(describePolicy("OutOf(2, 'A.peer', 'B.peer', 'A.peer')")).toEqual([
    [2, 0, 1, 2],
    ['A.3', 'B.3', 'A.3'],
  ]);
});

test('principals of inner gates are numbered first, as Fabric numbers them', () => {
  expect(describePolicy("AND('A.peer', OR('B.peer', 'C.peer'))")).toEqual([
    [2, 2, [1, 0, 1]],
    ['B.3', 'C.3', 'A.3'],
  ]);
});

test.each([
  ["XOR('A.peer')", 'expected AND, OR or OutOf'],
  ["OR('A.boss')", "'A.boss' is not 'MSP.role'"],
  ["OutOf(4, 'A.peer', 'B.peer')", '4 of 2 can never be satisfied'],
  ["OutOf('A.peer')", 'OutOf starts with a number'],
  ["OR('A.peer') OR", 'unexpected text after the policy'],
  ["OR('A.peer'", 'cannot be read'],
  ['', 'cannot be read'],
])('%s is refused: %s', (source, problem) => {
  expect(() => parseSignaturePolicy(source)).toThrow(
    expect.objectContaining({ code: 'DEVNET_POLICY_INVALID', message: expect.stringContaining(problem) }),
  );
});
