import { Turns } from './turns';

test('work is done one after another, also after work that failed', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const first = turns.take(async () => {
    await Promise.resolve();
    done.push('first');
    throw new Error('it failed');
  });
  const second = turns.take(() => Promise.resolve(done.push('second')));
  expect(turns.isTaken).toBe(true);
  await expect(first).rejects.toThrow('it failed');
  await second;
  expect(done).toEqual(['first', 'second']);
  expect(turns.isTaken).toBe(false);
});
