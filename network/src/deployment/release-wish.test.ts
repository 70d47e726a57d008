import { assertAsWished, formatReleaseWish, parseReleaseWish } from './release-wish';

const RELEASE = { folder: '/code of ours', version: '1.2.0', sequence: 3 };

test('a wish reaches the running network as one word, whatever stands in it', () => {
  const wish = { folder: '/a folder/with %20 and ünïcode', version: '1.0', sequence: 2 };
  expect(formatReleaseWish(wish)).not.toMatch(/\s/);
  expect(parseReleaseWish(formatReleaseWish(wish))).toEqual(wish);
  expect(parseReleaseWish('')).toEqual({});
});

test('a release is deployed when nothing was said of it, or all that was said is so', () => {
  expect(() => assertAsWished({}, RELEASE)).not.toThrow();
  expect(() => assertAsWished({ version: '1.2.0', sequence: 3 }, RELEASE)).not.toThrow();
});

test.each([
  [{ version: '2.0' }, 'The chaincode in /code of ours is version 1.2.0, not 2.0.'],
  [{ sequence: 7 }, 'This deployment would be sequence 3, not 7.'],
])('a release that is not %j is refused, with what it is', (wish, message) => {
  expect(() => assertAsWished(wish, RELEASE)).toThrow(expect.objectContaining({ code: 'RELEASE_OTHER', message }) as Error);
});
