import { judgeClock, type ClockFacts, type ClockReading } from './clock';

const NOW = Date.UTC(2026, 0, 2);
const reading = (member: string, aheadMs: number): ClockReading => ({ member, name: `peer-${member}`, aheadMs, doubtMs: 500 });
const judge = (facts: Partial<ClockFacts>) =>
  judgeClock({ now: NOW, readings: [], lastWritten: undefined, newest: undefined, silent: [], ...facts }).findings;

it('clocks that differ by no more than the reading may be wrong are the same', () => {
  expect(judge({ readings: [reading('one', 2400), reading('two', -2400), reading('three', 0)], lastWritten: NOW + 59_000 })).toEqual([]);
});

it('one clock that differs is that member’s', () => {
  const findings = judge({ readings: [reading('one', 0), reading('two', 3100), reading('three', -120_000)] });
  expect(findings).toMatchObject([
    { severity: 'warning', member: 'two', problem: 'The clock of peer-two is 3 seconds ahead.' },
    {
      severity: 'error',
      member: 'three',
      problem: 'The clock of peer-three is 2 minutes behind.',
      remedy: expect.stringContaining('set-ntp'),
    },
  ]);
});

it('when most others differ by the same, it is the clock of this machine: one finding', () => {
  const findings = judge({ readings: [reading('one', -1_200_000), reading('two', -1_200_300), reading('three', 0)] });
  expect(findings).toMatchObject([
    { severity: 'error', member: undefined, problem: expect.stringContaining('this machine is 20 minutes ahead') },
  ]);
});

it('a clock behind what was written here already is wrong, without anybody to ask', () => {
  expect(judge({ lastWritten: NOW + 61_000 })).toMatchObject([{ severity: 'error', member: undefined }]);
});

it('a transaction from the future tells of the clock of the member that made it', () => {
  const newest = { time: NOW + 90_000, member: 'two' };
  expect(judge({ newest })).toMatchObject([{ severity: 'error', member: 'two' }]);
  expect(judge({ newest: { ...newest, time: NOW - 90_000 } })).toEqual([]);
});

it('who does not tell the time was not looked at', () => {
  const { unseen } = judgeClock({ now: NOW, readings: [], lastWritten: undefined, newest: undefined, silent: ['peer-one'] });
  expect(unseen).toEqual([{ what: 'peer-one', why: 'it does not answer' }]);
});
