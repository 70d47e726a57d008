import { peer } from '@hyperledger/fabric-protos';
import type { Channel, Collection } from '../config/channel';
import { parseSignaturePolicy } from '../genesis/parse-signature-policy';
import { rolePrincipal } from '../policy/build-policy';
import type { Identity } from '../msp/identity';
import { equalBytes } from '../proto/bytes';
import type { ChaincodeCall } from '../simulation/interest';
import { findLayouts, type PlanningContext } from './layouts';

const ORGANISATIONS = ['AMSP', 'BMSP', 'CMSP', 'DMSP'];
const ANY_TWO = "OutOf(2, 'AMSP.peer', 'BMSP.peer', 'CMSP.peer', 'DMSP.peer')";

const policyBytes = (text: string): Uint8Array => parseSignaturePolicy(text).serializeBinary();
const call = (more: Partial<ChaincodeCall> = {}): ChaincodeCall => ({
  name: 'cc',
  collections: [],
  noPrivateReads: false,
  disregardNamespacePolicy: false,
  keyPolicies: [],
  ...more,
});

function applicationPolicy(text: string): Uint8Array {
  const policy = new peer.ApplicationPolicy();
  policy.setSignaturePolicy(parseSignaturePolicy(text));
  return policy.serializeBinary();
}

/** A peer's identity: its organisation's member and peer. */
function peerOf(mspId: string): Identity {
  const principals = [rolePrincipal(mspId, 'peer'), rolePrincipal(mspId, 'member')].map((principal) => principal.serializeBinary());
  return { mspId, satisfies: (asked) => principals.some((principal) => equalBytes(principal, asked)) } as Identity;
}

function collection(name: string, members: string, more: Partial<Collection> = {}): Collection {
  return { name, implicit: false, memberPolicy: policyBytes(members), ...more } as Collection;
}

function context(
  more: { policy?: string; without?: readonly string[]; notRunning?: readonly string[]; collections?: Collection[] } = {},
): PlanningContext {
  const running = (mspId: string): boolean => !(more.notRunning ?? []).includes(mspId);
  return {
    channel: { id: 'main' } as Channel,
    candidates: ORGANISATIONS.filter((mspId) => !(more.without ?? []).includes(mspId)).map((mspId) => {
      return { mspId, address: `${mspId}:1`, identity: peerOf(mspId), has: () => running(mspId) };
    }),
    definition: () => ({ name: 'cc', version: '1', sequence: 1, policy: applicationPolicy(more.policy ?? ANY_TWO), collections: [] }),
    collection: (_, name) => more.collections?.find((one) => one.name === name),
  };
}

function organisations(interest: ChaincodeCall[], planning: PlanningContext): string[] {
  const { layouts, groups } = findLayouts(interest, planning);
  const nameOf = (group: string): string => groups.get(group)?.[0]?.mspId.charAt(0) ?? '?';
  return layouts
    .map((layout) =>
      [...layout]
        .flatMap(([group, count]) => Array<string>(count).fill(nameOf(group)))
        .sort()
        .join(''),
    )
    .sort();
}

describe('endorsement layouts', () => {
  it('offer every pair where any two of four suffice', () => {
    expect(organisations([call()], context())).toEqual(['AB', 'AC', 'AD', 'BC', 'BD', 'CD']);
  });

  it('leave out peers that are down, and those that do not run the chaincode', () => {
    expect(organisations([call()], context({ without: ['DMSP'], notRunning: ['CMSP'] }))).toEqual(['AB']);
  });

  it('need only the key policy where no written key is under the chaincode policy', () => {
    const interest = [call({ keyPolicies: [policyBytes("OR('AMSP.peer')")], disregardNamespacePolicy: true })];
    expect(organisations(interest, context())).toEqual(['A']);
  });

  it('need chaincode and key policy together where both kinds of keys are written', () => {
    expect(organisations([call({ keyPolicies: [policyBytes("OR('AMSP.peer')")] })], context())).toEqual(['AB', 'AC', 'AD']);
  });

  it('need two peers of an organisation that a policy names twice in different places', () => {
    // [2, B, [1, B, C]]: with one peer of B only B and C remain.
    const policy = policyBytes("AND('BMSP.peer', OR('BMSP.peer', 'CMSP.peer'))");
    expect(organisations([call({ keyPolicies: [policy], disregardNamespacePolicy: true })], context())).toEqual(['BC']);
  });

  it('take one member for an implicit collection, whose policy replaces the chaincode policy', () => {
    const own = collection('_implicit_org_AMSP', "OR('AMSP.member')", { implicit: true });
    const interest = [call({ collections: [own.name], noPrivateReads: true })];
    expect(organisations(interest, context({ collections: [own] }))).toEqual(['A']);
  });

  it('take the policy of a collection that has one, the chaincode policy for others', () => {
    const strict = collection('strict', "OR('AMSP.member', 'BMSP.member')", {
      endorsementPolicy: applicationPolicy("AND('AMSP.peer', 'BMSP.peer')"),
    });
    const loose = collection('loose', "OR('AMSP.member', 'BMSP.member')");
    const planning = context({ collections: [strict, loose] });
    expect(organisations([call({ collections: ['strict'], noPrivateReads: true })], planning)).toEqual(['AB']);
    expect(organisations([call({ collections: ['loose'], noPrivateReads: true })], planning)).toHaveLength(6);
  });

  it('leave out peers that are no members of a collection that was read', () => {
    const pair = collection('pair', "OR('AMSP.member', 'BMSP.member')");
    expect(organisations([call({ collections: ['pair'] })], context({ collections: [pair] }))).toEqual(['AB']);
  });

  it.each<[string, ChaincodeCall[], PlanningContext]>([
    ['no peer combination can satisfy the endorsement policy', [call()], context({ without: ['BMSP', 'CMSP', 'DMSP'] })],
    ['required chaincodes are not installed on sufficient peers', [call()], context({ notRunning: ['BMSP', 'CMSP', 'DMSP'] })],
    ['state based endorsement policy cannot be satisfied', [call({ keyPolicies: [new Uint8Array()] })], context()],
    ['No metadata was found for chaincode cc in channel main', [call()], { ...context(), definition: () => undefined }],
    ["collection pair doesn't exist in collection config for chaincode cc", [call({ collections: ['pair'] })], context()],
    ['no principal sets remained after filtering', [], context()],
  ])('are refused with "%s"', (text, interest, planning) => {
    expect(() => findLayouts(interest, planning)).toThrow(text);
  });
});
