import { judgeBinaries } from './binaries';

it('programs that were found are told with the way that led there', () => {
  expect(judgeBinaries({ found: 'Fabric 3.1.5 in /bin' })).toEqual({ summary: 'Fabric 3.1.5 in /bin', findings: [], unseen: [] });
});

it('programs that a named folder should have and has not are an error, for nothing else will be tried', () => {
  const { findings } = judgeBinaries({ problem: 'peer is 2.5.0', isNamed: true });
  expect(findings).toEqual([
    expect.objectContaining({ severity: 'error', problem: 'peer is 2.5.0', remedy: expect.stringContaining('MEDACCORD_FABRIC_BIN') }),
  ]);
});

it('programs that can still be fetched are a warning', () => {
  const { findings } = judgeBinaries({ problem: 'nowhere', isNamed: false });
  expect(findings).toEqual([expect.objectContaining({ severity: 'warning', remedy: expect.stringContaining('`binaries`') })]);
});
