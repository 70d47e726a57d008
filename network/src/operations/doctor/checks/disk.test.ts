import { judgeDisks, type DiskFacts } from './disk';

const roomy: DiskFacts = { folder: '/run', freeBytes: 5e9, totalBytes: 1e11, freeFiles: 1e6, isWritable: true };
const limits = { leastBytes: 1e9, comfortableBytes: 5e9 };

it('a disk with room is in order', () => {
  expect(judgeDisks([roomy, { ...roomy, freeFiles: undefined }], limits)).toEqual({ summary: '5.0 GB free', findings: [], unseen: [] });
});

it.each<[string, Partial<DiskFacts>, string, string]>([
  ['fills up', { freeBytes: 4.9e9 }, 'warning', '4.9 GB of 100.0 GB left.'],
  ['is full', { freeBytes: 999_000_000 }, 'error', '999 MB of 100.0 GB left; below 1.0 GB'],
  ['can make few more files', { freeFiles: 9999 }, 'error', '9999 more files'],
  ['cannot be written', { isWritable: false }, 'error', '/run cannot be written'],
])('a disk that %s is found, with what to do', (_case, change, severity, problem) => {
  const { findings } = judgeDisks([roomy, { ...roomy, ...change }], limits);
  expect(findings).toMatchObject([{ severity, problem: expect.stringContaining(problem), remedy: expect.stringMatching(/./) }]);
});
