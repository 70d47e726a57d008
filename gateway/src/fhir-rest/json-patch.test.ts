import fc from 'fast-check';
import { createPatch } from 'rfc6902';
import { formatJson, isSameJson, parseLosslessJson, type JsonObject, type JsonValue } from '../fhir';
import { applyJsonPatch, parseJsonPatch } from './json-patch';

const apply = (document: unknown, patch: unknown): JsonValue =>
  applyJsonPatch(parseLosslessJson(JSON.stringify(document)) as JsonObject, parseJsonPatch(JSON.stringify(patch)));
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return undefined;
};

describe('a JSON Patch', () => {
  it('turns one document into any other, as another implementation wrote it', () => {
    // The reader refuses that name.
    const value = fc.jsonValue({ depthSize: 'small' }).filter((one) => !JSON.stringify(one).includes('__proto__'));
    const objects = fc.dictionary(fc.stringMatching(/^[a-z~/]{1,3}$/), value);
    fc.assert(
      fc.property(objects, objects, (one, other) => {
        const source = parseLosslessJson(JSON.stringify(one)) as JsonObject;
        const target = parseLosslessJson(JSON.stringify(other));
        const before = formatJson(source);
        const patch = createPatch(JSON.parse(formatJson(source)), JSON.parse(formatJson(target)));
        expect(isSameJson(applyJsonPatch(source, parseJsonPatch(JSON.stringify(patch))), target)).toBe(true);
        expect(formatJson(source)).toBe(before);
      }),
    );
  });

  it.each([
    [{ a: [1, 2] }, [{ op: 'add', path: '/a/1', value: 9 }], { a: [1, 9, 2] }],
    [{ a: [1, 2] }, [{ op: 'add', path: '/a/-', value: 9 }], { a: [1, 2, 9] }],
    [{ a: [1] }, [{ op: 'add', path: '/a/1', value: 9 }], { a: [1, 9] }],
    [{ a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
    [{ a: [1, 2, 3] }, [{ op: 'move', from: '/a/0', path: '/a/2' }], { a: [2, 3, 1] }],
    [{ a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/a/c' }], { a: { b: 1, c: { b: 1 } } }],
    [
      { 'a/b': 1, 'm~n': 2 },
      [
        { op: 'replace', path: '/a~1b', value: 3 },
        { op: 'remove', path: '/m~0n' },
      ],
      { 'a/b': 3 },
    ],
    [{ a: null }, [{ op: 'test', path: '/a', value: null }], { a: null }],
    [{ a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
  ])('does what RFC 6902 says: %j %j', (document, patch, expected) => {
    expect(apply(document, patch)).toEqual(expected);
  });

  it('tests numbers by value and keeps the digits of those that it carries', () => {
    const document = parseLosslessJson('{"a":1.10}') as JsonObject;
    const patch = parseJsonPatch(
      '[{"op":"test","path":"/a","value":1.1},{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/c","value":2.00}]',
    );
    expect(formatJson(applyJsonPatch(document, patch))).toBe('{"a":1.10,"b":1.10,"c":2.00}');
  });

  it.each([
    [{ op: 'remove', path: '/none' }],
    [{ op: 'replace', path: '/none', value: 1 }],
    [{ op: 'add', path: '/none/a', value: 1 }],
    [{ op: 'add', path: '/a/3', value: 1 }],
    [{ op: 'add', path: '/a/01', value: 1 }],
    [{ op: 'add', path: '/a/x', value: 1 }],
    [{ op: 'remove', path: '/a/-' }],
    [{ op: 'test', path: '/a/length', value: 2 }],
    [{ op: 'test', path: '/toString', value: 2 }],
    [{ op: 'add', path: '/a/0/b', value: 2 }],
    [{ op: 'move', from: '/o', path: '/o/p' }],
    [{ op: 'copy', from: '/none', path: '/b' }],
    [{ op: 'test', path: '/a', value: [2, 1] }],
  ])('that does not fit is refused: %j', (operation) => {
    expect(codeOf(() => apply({ a: [1, 2], o: { p: 1 } }, [operation]))).toBe('PATCH_FAILED');
  });

  it('reaches no prototype, and cannot be made to grow without end', () => {
    for (const path of ['/__proto__/x', '/a/__proto__'])
      expect(codeOf(() => apply({ a: {} }, [{ op: 'add', path, value: 1 }]))).toBe('PATCH_INVALID');
    const doubling = Array.from({ length: 60 }, (_, at) => ({ op: 'copy', from: '/a', path: `/a/${'x'.repeat(at + 1)}` }));
    expect(['PATCH_FAILED', 'BUNDLE_NOT_JSON']).toContain(codeOf(() => apply({ a: { b: 'x'.repeat(1000) } }, doubling)));
    const wide = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/a/0', path: '/a/-' }));
    expect(codeOf(() => apply({ a: ['x'.repeat(200_000)] }, wide))).toBe('PATCH_FAILED');
    expect(codeOf(() => parseJsonPatch(JSON.stringify(Array.from({ length: 1001 }, () => ({ op: 'remove', path: '/a' })))))).toBe(
      'PATCH_INVALID',
    );
  });
});
