import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  categories,
  categoryOf,
  commitmentDomains,
  commitmentPreimage,
  consentKey,
  DomainError,
  formatError,
  formatKey,
  isCoveredBy,
  isSensitive,
  newError,
  parseError,
  parseKey,
  parseSealedRef,
  privateKey,
  purposeParents,
  purposes,
  recordRef,
  type RelationRef,
  type Salt,
} from '.';
import { errorRows } from './error-codes';

const ref = 'R'.repeat(22);

describe('the model', () => {
  test('imports nothing from outside itself, so that a browser can use it', () => {
    const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
    );
    const imports = files.flatMap((file) =>
      [...readFileSync(join(__dirname, file), 'utf8').matchAll(/from '([^']+)'/g)].map(([, name = '']) => name),
    );
    expect(imports.length).toBeGreaterThan(30);
    expect(imports.filter((name) => !/^\.\.?\//.test(name))).toEqual([]);
    expect(imports.filter((name) => name.startsWith('../../'))).toEqual([]);
  });

  test('a key comes back as it went', () => {
    expect(parseKey(consentKey(ref as RelationRef, 7))).toEqual({ type: 'consent', attributes: [ref, '7'] });
    expect(parseKey(formatKey('rules'))).toEqual({ type: 'rules', attributes: [] });
    for (const none of ['', 'rules', '\u0000', '\u0000rules']) expect(parseKey(none)).toBeUndefined();
  });

  test('an error crosses the wire and nothing else is taken for one', () => {
    const error = new DomainError('CONSENT_NOT_FOUND', 'not there', { relationRef: ref, version: 2 });
    const read = parseError(formatError(error));
    expect(read).toMatchObject({
      code: 'CONSENT_NOT_FOUND',
      category: 'not-found',
      message: 'not there',
      details: { relationRef: ref, version: 2 },
    });
    const bad = ['', '{}', 'null', '{"code":"NO_SUCH","message":"","details":{}}', '{"code":"INTERNAL","message":"","details":{"a":{}}}'];
    for (const text of bad) expect(parseError(text)).toBeUndefined();
    for (const code of ['toString', '__proto__']) expect(parseError(JSON.stringify({ code, message: '', details: {} }))).toBeUndefined();
  });

  test('every error code is in capitals and its message names facts of its own only', () => {
    for (const [code, { facts, message }] of Object.entries(errorRows)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      for (const [, name] of message.matchAll(/\{(\w+)\}/g)) expect(facts).toContain(name);
    }
  });

  test('the message of an error is composed of its facts, which are not read for names again', () => {
    expect(newError('TRANSIENT_INPUT_MISSING', { field: '{field}$&' })).toMatchObject({
      message: 'the transient field "{field}$&" is missing',
      details: { field: '{field}$&' },
    });
    expect(newError('RULES_NOT_ADOPTED').details).toEqual({});
  });

  test('a commitment keeps its domain, salt and bytes apart', () => {
    const salt = 'AAAAAAAAAAAAAAAAAAAAAA' as Salt;
    const preimage = Buffer.from(commitmentPreimage(commitmentDomains.subject, salt, Uint8Array.of(1, 2)));
    expect(preimage).toEqual(Buffer.concat([Buffer.from('medaccord/subject\u0000'), Buffer.alloc(16), Buffer.from([1, 2])]));
    expect(() => commitmentPreimage(commitmentDomains.subject, 'AAAA' as Salt, Uint8Array.of())).toThrow(TypeError);
    expect(new Set(Object.values(commitmentDomains)).size).toBe(Object.keys(commitmentDomains).length);
  });

  test('private keys of sealed values do not meet', () => {
    expect(privateKey(recordRef(ref as never, 3))).toBe(formatKey('sealed', 'record', ref, '3'));
    expect(privateKey({ kind: 'binding', ref, id: '1' })).toBe(formatKey('sealed', 'binding', ref, '1'));
    for (const bad of [
      { kind: 'binding', ref, id: '2' },
      { kind: 'record', ref, id: '0' },
      { kind: 'delivery', ref, id: ref },
      { kind: 'ask', ref: 'short', id: ref },
    ]) {
      expect(() => parseSealedRef(bad, 'key')).toThrow('key.');
    }
    expect(parseSealedRef({ kind: 'delivery', ref, id: `${ref}.12` }, 'key').id).toBe(`${ref}.12`);
  });

  test('purposes form a hierarchy without circles', () => {
    for (const purpose of purposes) {
      const parent = purposeParents[purpose];
      expect(isCoveredBy(purpose, purpose)).toBe(true);
      if (parent !== null) expect([isCoveredBy(purpose, parent), isCoveredBy(parent, purpose)]).toEqual([true, false]);
    }
    expect(isCoveredBy('BTG', 'TREAT')).toBe(true);
  });

  test('every resource type has a category, and observations are told apart by theirs', () => {
    expect(categoryOf('Patient')).toBe('demographics');
    expect(categoryOf('Observation', ['unknown', 'vital-signs'])).toBe('vital-signs');
    expect(categoryOf('Observation')).toBe('other');
    expect(categoryOf('DiagnosticReport', ['laboratory'])).toBe('reports');
    for (const odd of ['Unknown', 'constructor', '__proto__', 'toString']) expect(categoryOf(odd)).toBe('other');
    expect(categoryOf('Observation', ['toString'])).toBe('other');
    expect(categories.filter(isSensitive)).toHaveLength(6);
  });
});
