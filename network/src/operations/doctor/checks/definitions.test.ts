import { resolve } from 'node:path';
import { newDefinitionTerms, type DefinitionTerms } from '../../../lifecycle';
import { loadTopology } from '../../../topology';
import { judgeDefinitions, type DefinitionsFacts, type MemberDefinitions } from './definitions';

const topology = loadTopology(resolve(__dirname, '../../../../topologies/default.json'), { root: '/nowhere' });
const terms = (version: string): DefinitionTerms => newDefinitionTerms(topology, version);
const approvals = { OneMSP: true, TwoMSP: true };
const member = (name: string, change: Partial<MemberDefinitions> = {}): MemberDefinitions => ({
  member: name,
  mspId: `${name.charAt(0).toUpperCase()}${name.slice(1)}MSP`,
  committed: { sequence: 2, terms: terms('1.0.0'), approvals },
  packageId: 'cc:1',
  next: undefined,
  ...change,
});
const judge = (members: readonly MemberDefinitions[], more: Partial<DefinitionsFacts> = {}) =>
  judgeDefinitions({ chaincode: 'cc', members, wanted: terms('1.0.0'), silent: [], ...more });

it('members that have the same and approved it are in order', () => {
  expect(judge([member('one'), member('two')])).toEqual({
    summary: 'all agree on sequence 2 of cc, version 1.0.0',
    findings: [],
    unseen: [],
  });
});

it.each<[string, Partial<MemberDefinitions>, string]>([
  ['has none', { committed: undefined }, 'has no committed definition'],
  ['has an older one', { committed: { sequence: 1, terms: terms('0.9.0'), approvals } }, 'still has sequence 1'],
  [
    'has another one of the same number',
    { committed: { sequence: 2, terms: terms('0.9.0'), approvals } },
    'version: 0.9.0 instead of 1.0.0',
  ],
  ['approved it without a package', { packageId: undefined }, 'without a package'],
])('a member that %s is an error', (_case, change, problem) => {
  expect(judge([member('one'), member('two', change)]).findings).toMatchObject([
    { severity: 'error', member: 'two', problem: expect.stringContaining(problem) },
  ]);
});

it('a member that has not approved what the others committed is told to', () => {
  const committed = { sequence: 2, terms: terms('1.0.0'), approvals: { OneMSP: true, TwoMSP: false } };
  const { findings } = judge([member('one', { committed }), member('two', { committed })]);
  expect(findings).toMatchObject([
    { severity: 'error', member: 'two', remedy: expect.stringContaining('lifecycle approve --organisation two') },
  ]);
});

it('members that approved different next definitions are an error that names the field', () => {
  const { findings } = judge([
    member('one', { next: { sequence: 3, terms: terms('2.0.0') } }),
    member('two', { next: { sequence: 3, terms: terms('2.1.0') } }),
  ]);
  expect(findings).toMatchObject([
    { severity: 'error', member: 'two', problem: expect.stringContaining('version: 2.1.0 instead of 2.0.0') },
  ]);
});

it('a next definition that waits for others, or for its commit, is a warning', () => {
  const next = { sequence: 3, terms: terms('2.0.0') };
  expect(judge([member('one', { next }), member('two')]).findings).toMatchObject([
    { severity: 'warning', problem: expect.stringContaining('one approved sequence 3 (version: 2.0.0 instead of 1.0.0); two did not') },
  ]);
  expect(judge([member('one', { next }), member('two', { next })]).findings).toMatchObject([
    { severity: 'warning', remedy: expect.stringContaining('lifecycle commit') },
  ]);
});

it('a topology that wants another definition is a warning', () => {
  const other = newDefinitionTerms({ chaincode: { ...topology.chaincode, policyReference: '/Channel/Application/Other' } }, '1.0.0');
  expect(judge([member('one')], { wanted: other }).findings).toMatchObject([
    { severity: 'warning', remedy: expect.stringContaining('deploy') },
  ]);
});

it('a member whose peer is silent was not looked at', () => {
  expect(judge([member('one')], { silent: [{ member: 'two', why: 'silence' }] }).unseen).toEqual([
    { what: 'the definitions of two', why: 'silence' },
  ]);
});
