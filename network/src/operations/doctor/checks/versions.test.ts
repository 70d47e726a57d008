import { judgeVersions, type NodeVersion } from './versions';

const node = (version: string | undefined): NodeVersion => ({ member: 'one', name: 'peer-one', version });

it('nodes of the installed version are in order', () => {
  const judgement = judgeVersions({ installed: '3.1.5', nodes: [node('3.1.5')] });
  expect(judgement).toEqual({ summary: '1 nodes run 3.1.5', findings: [], unseen: [] });
});

it('a node of another release than the installed one should be restarted', () => {
  const { findings } = judgeVersions({ installed: '3.1.6', nodes: [node('3.1.5')] });
  expect(findings).toMatchObject([{ severity: 'warning', member: 'one', remedy: expect.stringContaining('restart peer-one') }]);
});

it('a node of a release that is known not to fit is an error, whatever is installed', () => {
  expect(judgeVersions({ installed: '3.0.0', nodes: [node('3.0.0')] }).findings).toMatchObject([{ severity: 'error', member: 'one' }]);
});

it('a node that says nothing is neither well nor ill', () => {
  const { findings, unseen } = judgeVersions({ installed: undefined, nodes: [node(undefined), node('3.1.5')] });
  expect({ findings, unseen }).toEqual({ findings: [], unseen: [{ what: 'peer-one', why: 'it does not answer' }] });
});
