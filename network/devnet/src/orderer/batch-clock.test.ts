import { BatchClock } from './batch-clock';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('a batch is due at its timeout, however many arrive', () => {
  const due = jest.fn();
  const clock = new BatchClock({ timeoutMs: 100, idleMs: 0 }, due);
  clock.tick();
  jest.advanceTimersByTime(60);
  clock.tick();
  jest.advanceTimersByTime(39);
  expect(due).toHaveBeenCalledTimes(0);
  jest.advanceTimersByTime(2);
  expect(due).toHaveBeenCalledTimes(1);
});

test('a pause between arrivals ends the waiting earlier', () => {
  const due = jest.fn();
  const clock = new BatchClock({ timeoutMs: 100, idleMs: 5 }, due);
  clock.tick();
  jest.advanceTimersByTime(4);
  clock.tick();
  jest.advanceTimersByTime(4);
  expect(due).toHaveBeenCalledTimes(0);
  jest.advanceTimersByTime(2);
  expect(due).toHaveBeenCalledTimes(1);
});

test('steady arrivals do not put off the timeout', () => {
  const due = jest.fn();
  const clock = new BatchClock({ timeoutMs: 20, idleMs: 5 }, due);
  for (let ms = 0; ms < 21; ms++) {
    clock.tick();
    jest.advanceTimersByTime(1);
  }
  expect(due).toHaveBeenCalledTimes(1);
});

test('a full batch is due at once, and only once', () => {
  const due = jest.fn();
  const clock = new BatchClock({ timeoutMs: 100, idleMs: 0 }, due);
  clock.tick();
  clock.due();
  clock.due();
  jest.advanceTimersByTime(200);
  expect(due).toHaveBeenCalledTimes(1);
});

test('a stopped clock says nothing until the next arrival', () => {
  const due = jest.fn();
  const clock = new BatchClock({ timeoutMs: 10, idleMs: 0 }, due);
  clock.tick();
  clock.stop();
  jest.advanceTimersByTime(50);
  expect(due).not.toHaveBeenCalled();
  clock.tick();
  jest.advanceTimersByTime(11);
  expect(due).toHaveBeenCalledTimes(1);
});
