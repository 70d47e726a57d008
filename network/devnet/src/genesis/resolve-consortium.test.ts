import { DevnetError } from '../devnet-error';
import { resolveConsortium } from './resolve-consortium';

const one = { organisations: [{ mspId: 'AMSP' }] };
const problemsOf = (spec: unknown): readonly string[] => {
  try {
    resolveConsortium(spec as never);
    return [];
  } catch (error) {
    if (!(error instanceof DevnetError)) throw error;
    expect(error.code).toBe('DEVNET_CONSORTIUM_INVALID');
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
};

test('what is left out gets its default', () => {
  expect(resolveConsortium({ ...one, chaincodes: [{ name: 'cc', version: '1', services: { AMSP: 'localhost:7052' } }] })).toMatchObject({
    channel: 'main',
    organisations: [{ mspId: 'AMSP', name: 'AMSP', domain: 'amsp.devnet', port: 0 }],
    batch: { maxMessageCount: 100, timeoutMs: 10 },
    chaincodes: [{ sequence: 1, packageId: expect.stringMatching(/^cc_1:[0-9a-f]{64}$/) as string }],
  });
});

test('every problem is told at once, each with its place', () => {
  const problems = problemsOf({
    chanel: 'x',
    organisations: [{ mspId: 'AMSP', prot: 7051 }, { mspId: 'AMSP' }, {}],
    policies: { Readers: 'ANY Readers', Witnessed: { outOf: 9, role: 'boss' }, Bad: 'OR(' },
    batch: { timeoutMs: 0 },
    chaincodes: [{ name: 'c c', version: '1', services: { XMSP: 'nowhere' }, collections: [{ name: 'k', policy: "OR('XMSP.member')" }] }],
  });
  for (const expected of [
    'consortium.chanel: unknown key',
    'consortium.organisations[0].prot: unknown key',
    'consortium.organisations[2].mspId: is missing',
    'consortium.organisations: mspId "AMSP" occurs twice',
    'consortium.policies.Readers: the devnet writes this policy itself',
    'consortium.policies.Witnessed.role:',
    'consortium.policies.Witnessed.outOf: must be a whole number from 1 to 3',
    'consortium.policies.Bad: policy "OR("',
    'consortium.batch.timeoutMs: must be a whole number from 1',
    'consortium.chaincodes[0].name:',
    'consortium.chaincodes[0].services.XMSP: no organisation of the channel',
    'consortium.chaincodes[0].services.XMSP.address:',
    "consortium.chaincodes[0].collections: collection-name: k -- collection member 'XMSP' is not part of the channel",
  ])
    expect(problems).toContainEqual(expect.stringContaining(expected));
});

test('a consortium without organisations, or that is no object, is refused', () => {
  expect(problemsOf({ organisations: [] })).toEqual(['consortium.organisations: at least one organisation is needed']);
  expect(problemsOf([])).toContainEqual('consortium: must be an object');
});

test('a system chaincode cannot be defined', () => {
  expect(problemsOf({ ...one, chaincodes: [{ name: 'lscc', version: '1', services: {} }] })).toEqual([
    'consortium.chaincodes[0].name: "lscc" is the name of a system chaincode',
  ]);
});
