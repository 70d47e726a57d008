import { readLogLine } from './read-log-line';

const TIME = Date.parse('2026-11-21T15:19:54.877Z');

test.each([
  ['Fabric’s own form', '2026-11-21 15:19:54.877 UTC 0001 INFO [localconfig] init -> set', 'INFO [localconfig] init -> set'],
  [
    'Fabric’s own form in colours',
    '\u001b[34m2026-11-21 15:19:54.877 UTC 0001 INFO\u001b[0m [localconfig] \u001b[34;1minit\u001b[0m -> set',
    'INFO [localconfig] init -> set',
  ],
  ['a date of ISO 8601', '2026-11-21T15:19:54.877Z INFO [nodeCmd] Starting peer:', 'INFO [nodeCmd] Starting peer:'],
  ['a date in another zone', '2026-11-21T17:19:54.877+02:00 warn', 'warn'],
  ['the supervisor’s', '2026-11-21T15:19:54.877Z   ✓ Channel', '  ✓ Channel'],
  ['pino’s', `{"level":40,"time":${String(TIME)},"organisation":"one","msg":"slow","ms":12}`, 'WARN slow organisation=one ms=12'],
  [
    'JSON with a date',
    '{"ts":"2026-11-21T15:19:54.877Z","level":"info","message":"hello","what":"two words"}',
    'info hello what="two words"',
  ],
])('%s: the time is taken off, the rest is told', (_form, line, text) => {
  expect(readLogLine(line)).toEqual({ time: TIME, text });
});

test.each([
  ['a plain line', '(node:12) DeprecationWarning: no longer', '(node:12) DeprecationWarning: no longer'],
  ['a line of a stack', '    at Object.<anonymous> (/x/y.js:1:2)', '    at Object.<anonymous> (/x/y.js:1:2)'],
  ['half an object', '{"level":30,"ti', '{"level":30,"ti'],
  ['an object without time', '{"ca":"ca-one","status":200}', 'ca=ca-one status=200'],
  ['a date that is none', '2026-99-99T15:19:54.877Z hm', '2026-99-99T15:19:54.877Z hm'],
  ['a number at its beginning', '2026 things', '2026 things'],
])('%s says no time', (_form, line, text) => {
  expect(readLogLine(line)).toEqual({ time: undefined, text });
});

test('a line that begins with a hexadecimal word keeps it', () => {
  expect(readLogLine('2026-11-21T15:19:54.877Z deadbeef').text).toBe('deadbeef');
});
