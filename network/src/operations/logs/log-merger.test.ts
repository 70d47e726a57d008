import { LogMerger } from './log-merger';

const at = (ms: number): string => new Date(ms).toISOString();
const DAY = Date.parse('2026-11-21T00:00:00Z');

let merger: LogMerger;
beforeEach(() => {
  merger = new LogMerger();
});

const texts = (entries: readonly { process: string; text: string }[]): string[] => entries.map(({ process, text }) => `${process}:${text}`);

test('lines of several processes come in the order of their times, whichever file was read first', () => {
  merger.add('b', [`${at(DAY + 2)} two`, `${at(DAY + 4)} four`], DAY + 10);
  merger.add('a', [`{"time":${String(DAY + 1)},"msg":"one"}`, `${at(DAY + 3)} three`], DAY + 10);
  expect(texts(merger.takeAll())).toEqual(['a:one', 'b:two', 'a:three', 'b:four']);
});

test('a line without a time stays with the one before it', () => {
  merger.add('a', [`${at(DAY)} Error: no`, '    at x', '    at y'], DAY + 100);
  merger.add('b', [`${at(DAY + 1)} meanwhile`], DAY + 100);
  expect(texts(merger.takeAll())).toEqual(['a:Error: no', 'a:    at x', 'a:    at y', 'b:meanwhile']);
});

test('a line without a time and without one before it is of when it arrived, and never later than what follows it', () => {
  merger.add('a', ['alone'], DAY + 5);
  merger.add('b', [`${at(DAY + 4)} earlier`, `${at(DAY + 6)} later`], DAY + 7);
  merger.add('c', ['first', `${at(DAY + 3)} second`], DAY + 7);
  expect(texts(merger.takeAll())).toEqual(['c:first', 'c:second', 'b:earlier', 'a:alone', 'b:later']);
});

test('within a process the order of writing counts', () => {
  merger.add('a', [`${at(DAY + 5)} five`, `${at(DAY + 4)} four`], DAY + 9);
  expect(texts(merger.takeAll())).toEqual(['a:five', 'a:four']);
});

test('what may still be overtaken waits for the next look', () => {
  merger.add('a', [`${at(DAY + 3)} three`], DAY + 2);
  expect(merger.takeUntil(DAY + 2)).toEqual([]);
  merger.add('b', [`${at(DAY + 1)} one`], DAY + 4);
  expect(texts(merger.takeUntil(DAY + 4))).toEqual(['b:one', 'a:three']);
});

test('a line from the future waits a second, not longer', () => {
  merger.add('a', [`${at(DAY + 60_000)} of a clock that was set back`], DAY);
  expect(merger.takeUntil(DAY + 999)).toEqual([]);
  expect(texts(merger.takeUntil(DAY + 1000))).toEqual(['a:of a clock that was set back']);
});
