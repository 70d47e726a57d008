import type { Collection, Topology } from '../../topology';
import { compareTerms, describeTerms, newDefinitionTerms, type DefinitionTerms } from './definition';
import { fillMessage, readTerms } from './definition-messages';
import { peer } from '@hyperledger/fabric-protos';

const LETTERS: Collection = {
  name: 'letters',
  mspIds: ['SouthMSP', 'WestMSP'],
  requiredPeerCount: 0,
  maxPeerCount: 1,
  blockToLive: 100,
  memberOnlyRead: true,
  memberOnlyWrite: false,
  policyReference: undefined,
};

function terms(collections: readonly Collection[], policyReference = '/Channel/Application/Witnessed', version = '1.0.0'): DefinitionTerms {
  return newDefinitionTerms({ chaincode: { policyReference, collections } } as unknown as Topology, version);
}

test('a definition is described field by field, policies in Fabric’s own notation', () => {
  expect(describeTerms(terms([LETTERS]))).toEqual({
    version: '1.0.0',
    policy: '/Channel/Application/Witnessed',
    collections: 'letters',
    'collections.letters.members': "OutOf(1, 'SouthMSP.member', 'WestMSP.member')",
    'collections.letters.requiredPeerCount': '0',
    'collections.letters.maxPeerCount': '1',
    'collections.letters.blockToLive': '100',
    'collections.letters.memberOnlyRead': 'true',
    'collections.letters.memberOnlyWrite': 'false',
    'collections.letters.policy': 'as the chaincode',
    initRequired: 'false',
    endorsementPlugin: 'escc',
    validationPlugin: 'vscc',
  });
});

test('a definition that went through Fabric’s messages is what it was', () => {
  const wanted = terms([LETTERS, { ...LETTERS, name: 'notes', policyReference: '/Channel/Application/All' }]);
  const sent = fillMessage(new peer.lifecycle.CommitChaincodeDefinitionArgs(), {
    name: 'notes',
    sequence: 3,
    terms: wanted,
  }).serializeBinary();
  const received = peer.lifecycle.CommitChaincodeDefinitionArgs.deserializeBinary(sent);
  expect(received.getSequence()).toBe(3);
  expect(compareTerms(wanted, readTerms(received))).toEqual([]);
});

test.each([
  ['version', terms([LETTERS], undefined, '2.0.0'), '2.0.0', '1.0.0'],
  ['policy', terms([LETTERS], '/Channel/Application/All'), '/Channel/Application/All', '/Channel/Application/Witnessed'],
  ['collections.letters.blockToLive', terms([{ ...LETTERS, blockToLive: 0 }]), '0', '100'],
  [
    'collections.letters.members',
    terms([{ ...LETTERS, mspIds: ['SouthMSP'] }]),
    "OutOf(1, 'SouthMSP.member')",
    "OutOf(1, 'SouthMSP.member', 'WestMSP.member')",
  ],
  [
    'collections.letters.policy',
    terms([{ ...LETTERS, policyReference: '/Channel/Application/All' }]),
    '/Channel/Application/All',
    'as the chaincode',
  ],
  ['collections', terms([LETTERS, { ...LETTERS, name: 'notes' }]), 'letters, notes', 'letters'],
])('a difference in %s is named with both values, and nothing else is', (field, wanted, want, found) => {
  expect(compareTerms(wanted, terms([LETTERS]))).toEqual([{ field, wanted: want, found }]);
});
