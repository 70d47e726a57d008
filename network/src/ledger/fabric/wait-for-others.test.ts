import { newWaitForOthers } from './wait-for-others';

const { signal } = new AbortController();
const IMPATIENT = { betweenLooksMs: 1, patienceMs: 0 };

test('what is there soon is waited for in silence', async () => {
  const tell = jest.fn();
  const looks = ['one of four', undefined];
  await newWaitForOthers({ tell, signal, pace: { betweenLooksMs: 1, patienceMs: 60_000 } })(() => Promise.resolve(looks.shift()));
  expect(tell).not.toHaveBeenCalled();
});

test('a wait ends when nothing is missing any more, and tells what is missing each time that changes; an error counts as missing', async () => {
  const told: string[] = [];
  const looks = [new Error('no answer\nat all'), new Error('no answer'), 'one of four', 'one of four', undefined];
  await newWaitForOthers({ tell: (text) => told.push(text.trim()), signal, pace: IMPATIENT })(() => {
    const look = looks.shift();
    return look instanceof Error ? Promise.reject(look) : Promise.resolve(look);
  });
  expect(told).toEqual(['Waiting for other members: no answer', 'Waiting for other members: one of four']);
});

test('a wait that nobody wants any more ends', async () => {
  const stop = new AbortController();
  const waiting = newWaitForOthers({ tell: () => undefined, signal: stop.signal, pace: IMPATIENT })(() => Promise.resolve('everybody'));
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'PROCESS_INTERRUPTED' });
});
