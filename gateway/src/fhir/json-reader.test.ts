import fc from 'fast-check';
import { parseLosslessJson } from './json-reader';
import { formatJson, isSameJson } from './json-value';

const errorOf = (text: string): { code: string; message: string; details: { place: string } } => {
  try {
    parseLosslessJson(text);
  } catch (error) {
    return error as ReturnType<typeof errorOf>;
  }
  throw new Error('nothing was wrong');
};

describe('the lossless JSON reader', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        // JSON.parse gives __proto__ as a property; here it is an error.
        fc.pre(!text.includes('__proto__'));
        const value = parseLosslessJson(text);
        expect(JSON.parse(formatJson(value))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses what JSON.parse refuses, and never with another error', () => {
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const noise = fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0123456789.eE+-truefalsn \n\t\u0001é'.split('')), maxLength: 20 });
    fc.assert(
      fc.property(noise, (text) => {
        const isRead = (() => {
          try {
            parseLosslessJson(text);
            return true;
          } catch (error) {
            expect(error).toMatchObject({ code: 'BUNDLE_NOT_JSON' });
            return false;
          }
        })();
        if (isRead !== isJson(text)) expect(text).toMatch(/"(.*)"\s*:[^]*"\1"\s*:/);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '1.0',
    '0.10',
    '1e3',
    '1E+2',
    '-0',
    '12345678901234567890',
    '1e400',
    '0.1234567890123456789',
    '5e-324',
    '100000000000000000000000',
  ])('keeps the text of the number %s', (number) => {
    expect(formatJson(parseLosslessJson(`{"value":${number}}`))).toBe(`{"value":${number}}`);
  });

  it('gives ordinary numbers as numbers', () => {
    expect(parseLosslessJson('[1,-2,3.5]')).toEqual([1, -2, 3.5]);
    expect(parseLosslessJson('[1.50]')).not.toEqual([1.5]);
  });

  it.each([
    ['{"entry":[{"resource":{"id":"a","id":"a"}}]}', 'entry[0].resource.id', /twice/],
    ['{"entry":[{"__proto__":{"x":1}}]}', 'entry[0]', /no FHIR element/],
    ['{"entry":[1,', 'entry[1]', /must have a value here \(line 1, column 13\)/],
    ['{\n "type": tru\n}', 'type', /line 2, column 10/],
    ['{"a":1}x', 'The text', /after its end/],
    ['{"name":"x', 'name', /does not end/],
    ['{"name":"\\x"}', 'name', /wrong escape/],
    ['{"n":01}', 'The text', /./],
    ['', 'The text', /value/],
  ])('says where %j is wrong', (text, place, problem) => {
    const error = errorOf(text);
    expect(error).toMatchObject({ code: 'BUNDLE_NOT_JSON', details: { place } });
    expect(error.message).toMatch(problem);
  });

  it('repeats nothing of the text but names of elements', () => {
    const canary = 'Mara Ellison 1968-04-17';
    for (const text of [`{"${canary}":1,"${canary}":2}`, `{"name":"${canary}" "x"}`, `{"name":"${canary}\\q"}`, `["${canary}"`]) {
      expect(JSON.stringify(errorOf(text)) + errorOf(text).message).not.toMatch(/Mara|1968/);
    }
  });

  it('refuses nesting that no resource has, quickly, however deep', () => {
    expect(errorOf('['.repeat(1_000_000))).toMatchObject({ code: 'BUNDLE_NOT_JSON' });
    expect(errorOf(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`).message).toMatch(/nested more than 100/);
    expect(() => parseLosslessJson(`${'['.repeat(100)}${']'.repeat(100)}`)).not.toThrow();
  });

  it('reads a long string with many escapes', () => {
    const text = JSON.stringify('line "of" text\n'.repeat(100_000));
    expect(parseLosslessJson(text)).toBe(JSON.parse(text));
  });
});

describe('equality of JSON', () => {
  it('does not mind the order of properties and does mind the text of a number', () => {
    const isSame = (one: string, other: string): boolean => isSameJson(parseLosslessJson(one), parseLosslessJson(other));
    expect(isSame('{"a":1,"b":[{"c":null}]}', '{"b":[{"c":null}],"a":1}')).toBe(true);
    expect(isSame('{"a":1.0}', '{"a":1.00}')).toBe(false);
    expect(isSame('{"a":1.0}', '{"a":1.0}')).toBe(true);
    expect(isSame('[1,2]', '[2,1]')).toBe(false);
    expect(isSame('{"a":1}', '{"a":1,"b":2}')).toBe(false);
    expect(isSame('{"a":{}}', '{"a":[]}')).toBe(false);
  });
});
