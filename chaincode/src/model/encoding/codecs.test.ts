import fc from 'fast-check';
import { formatBase64url, parseBase64url } from './base64url';
import { formatCanonical } from './canonical-json';
import { integer, list, object, optional, parseJson, RequestInvalid, table, text } from './parser';
import { formatUtf8, parseUtf8 } from './utf8';

describe('base64url', () => {
  test('comes back as it went, as the platform writes it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const written = formatBase64url(bytes);
        expect(written).toBe(Buffer.from(bytes).toString('base64url'));
        expect(parseBase64url(written)).toEqual(bytes);
      }),
    );
  });

  test('has one text per value: every other spelling is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ABab01-_+/= ')), maxLength: 12 }), (spelling) => {
        const bytes = parseBase64url(spelling);
        if (bytes !== undefined) expect(formatBase64url(bytes)).toBe(spelling);
      }),
    );
    for (const spelling of ['A', 'AB', 'AAB', 'AA==', 'A+', 'A/', ' AA', 'AA\n', 'é']) expect(parseBase64url(spelling)).toBeUndefined();
  });
});

describe('canonical JSON', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('value'), { maxLength: 5 }),
    object: fc.dictionary(
      fc.string({ unit: 'grapheme', maxLength: 6 }).filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 5, noNullPrototype: true },
    ),
  })).value;

  test('is JSON of the same value, and one text whatever the order of properties', () => {
    fc.assert(
      fc.property(value, (given) => {
        const written = formatCanonical(given);
        expect(formatCanonical(JSON.parse(written))).toBe(written);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(given)));
      }),
    );
  });

  test('sorts by UTF-16 code units (the example of RFC 8785 section 3.2.3)', () => {
    const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.values(JSON.parse(formatCanonical(names)) as object)).toHaveLength(7);
    const order = [...formatCanonical(names).matchAll(/:(\d)/g)].map(([, digit]) => digit);
    expect(order).toEqual(['2', '4', '6', '7', '1', '5', '3']);
  });

  test('leaves out what is undefined and refuses what two languages may write differently', () => {
    expect(formatCanonical({ b: undefined, a: 1 })).toBe('{"a":1}');
    for (const bad of [0.5, NaN, Infinity, 2 ** 53, undefined, () => 1, 1n, new Date(0), '\ud800', { '\udc00': 1 }, [undefined]]) {
      expect(() => formatCanonical(bad)).toThrow(TypeError);
    }
  });
});

describe('parsers', () => {
  const parse = object({
    name: text(/^[a-z]+$/, 'lower-case letters'),
    count: optional(integer(0, 9)),
    rows: optional(list(integer(0, 9), 1, 2)),
  });
  const placeOf = (json: string): unknown => {
    try {
      parseJson(parse, json, 'request');
    } catch (error) {
      return error instanceof RequestInvalid ? error.details.place : error;
    }
    return undefined;
  };

  test.each([
    ['{"name":"a"}', undefined],
    ['{"name":"a","count":9,"rows":[1]}', undefined],
    ['{"name":"A"}', 'request.name'],
    ['{}', 'request.name'],
    ['{"name":"a","count":"1"}', 'request.count'],
    ['{"name":"a","count":null}', 'request.count'],
    ['{"name":"a","count":1.5}', 'request.count'],
    ['{"name":"a","count":10}', 'request.count'],
    ['{"name":"a","rows":[]}', 'request.rows'],
    ['{"name":"a","rows":[1,2,3]}', 'request.rows'],
    ['{"name":"a","rows":[1,-1]}', 'request.rows[1]'],
    ['{"name":"a","rows":{"length":1}}', 'request.rows'],
    ['{"name":"a","other":1}', 'request'],
    ['{"name":"a","__proto__":{"count":1}}', 'request'],
    ['{"name":"a","constructor":1}', 'request'],
    ['[]', 'request'],
    ['null', 'request'],
    ['{', 'request'],
  ])('%s is refused at %s', (json, place) => {
    expect(placeOf(json)).toBe(place);
  });

  test('repeat nothing of what they refuse', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, unit: fc.constantFrom(...Array.from('QXZJ')) }), (secret) => {
        for (const json of [{ name: secret }, { [secret]: 1 }, { name: 'a', count: secret }, secret]) {
          try {
            parseJson(parse, JSON.stringify(json), 'request');
          } catch (error) {
            expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(secret);
          }
        }
      }),
    );
  });

  test('a table parses names and values, and bounds their number', () => {
    const parseTable = table(text(/^[a-z]+$/, 'a name'), integer(0, 9), 2);
    expect(parseTable({ a: 1, b: 2 }, 'roles')).toEqual({ a: 1, b: 2 });
    for (const bad of [{ A: 1 }, { a: 'x' }, { a: 1, b: 2, c: 3 }, [1], null])
      expect(() => parseTable(bad, 'roles')).toThrow(RequestInvalid);
  });
});

test('UTF-8 comes back as it went, and bytes that are none are refused', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (given) => expect(parseUtf8(formatUtf8(given))).toBe(given)));
  expect(parseUtf8(Uint8Array.of(0xff))).toBeUndefined();
  expect(parseUtf8(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe('\ufeff');
});
