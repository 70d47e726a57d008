import { findMachineProblems, type MachineFacts } from './machine-needs';

const needs = { openFiles: 4096, freeBytes: 1_000_000_000 };
const fine: MachineFacts = { openFiles: 4096, freeBytes: 1_000_000_000, now: Date.UTC(2026, 0, 2), lastWritten: Date.UTC(2026, 0, 1) };

const codesOf = (facts: Partial<MachineFacts>): string[] =>
  findMachineProblems({ ...fine, ...facts }, needs, '/run').map(({ code }) => code);

it('a machine that just suffices is let through', () => {
  expect(codesOf({})).toEqual([]);
  expect(codesOf({ openFiles: undefined, lastWritten: undefined })).toEqual([]);
});

it.each<[string, Partial<MachineFacts>, string]>([
  ['a clock that runs behind what the network wrote', { now: Date.UTC(2025, 0, 1) }, 'CLOCK_BEHIND'],
  ['one open file too few', { openFiles: 4095 }, 'TOO_FEW_FILES'],
  ['a full disk', { freeBytes: 999_999_999 }, 'DISK_FULL'],
])('%s is told before anything starts, with the way out', (_what, facts, code) => {
  const problems = findMachineProblems({ ...fine, ...facts }, needs, '/run');
  expect(problems).toMatchObject([{ code, hint: expect.any(String) }]);
});

it('a clock that is off by less than a minute is nobody’s problem', () => {
  expect(codesOf({ lastWritten: fine.now + 59_000 })).toEqual([]);
});

it('several problems are found at once, the clock first', () => {
  expect(codesOf({ now: 0, openFiles: 1, freeBytes: 1 })).toEqual(['CLOCK_BEHIND', 'TOO_FEW_FILES', 'DISK_FULL']);
});
