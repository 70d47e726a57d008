import { formatAge } from './format-age';

it.each([
  [0, '0 seconds'],
  [1400, '1 second'],
  [-90_000, '2 minutes'],
  [7_200_000, '2 hours'],
  [86_400_000, '1 day'],
])('%i milliseconds are %s', (ms, words) => {
  expect(formatAge(ms)).toBe(words);
});
