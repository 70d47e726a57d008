import { judgeGateways } from './gateways';

const gateway = (status: number | undefined) => ({ member: 'one', url: 'http://here/readyz', status });

it('gateways that are ready are in order', () => {
  expect(judgeGateways([gateway(200)])).toEqual({ summary: '1 are ready', findings: [], unseen: [] });
});

it.each([
  [503, 'is not ready (503'],
  [undefined, 'does not answer'],
])('a gateway that answers %s is an error', (status, problem) => {
  expect(judgeGateways([gateway(status)]).findings).toMatchObject([
    { severity: 'error', member: 'one', problem: expect.stringContaining(problem), remedy: expect.stringContaining('logs gateway-one') },
  ]);
});
