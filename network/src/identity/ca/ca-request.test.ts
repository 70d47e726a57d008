import { bodies, parseBody, parseCaName } from './ca-request';

const parse = (value: unknown): unknown => parseBody(bodies.register, Buffer.from(JSON.stringify(value)));

it('names are read without case, null is nothing, unknown names are passed over, as in Go', () => {
  expect(
    parse({ ID: 'a', Type: null, secret: null, Max_Enrollments: 2, more: 1, attrs: [{ Name: 'x', value: 'y', ecert: null }] }),
  ).toEqual({
    id: 'a',
    type: '',
    secret: '',
    affiliation: '',
    max_enrollments: 2,
    attrs: [{ name: 'x', value: 'y', ecert: false }],
  });
});

it('a wrong body is refused with its places, never with its content', () => {
  expect(() => parse({ id: 7, secret: ['hush'] })).toThrow(expect.objectContaining({ status: 400, code: 5 }));
  expect(() => parse({ id: 7, secret: ['hush'] })).toThrow(/id: .*secret: /);
  expect(() => parse({ id: 7, secret: ['hush'] })).not.toThrow(/hush/);
});

it('an empty body is code 4, one that is not JSON code 5', () => {
  expect(() => parseBody(bodies.register, Buffer.alloc(0))).toThrow(expect.objectContaining({ code: 4 }));
  expect(() => parseBody(bodies.register, Buffer.from('{'))).toThrow(expect.objectContaining({ code: 5 }));
});

it('the CA is named in the query, else in the body, else not at all', () => {
  const name = (query: string, body: string): string | undefined =>
    parseCaName({ query: new URLSearchParams(query), body: Buffer.from(body) });
  expect(name('ca=one', '{"caname":"two"}')).toBe('one');
  expect(name('', '{"CAName":"two"}')).toBe('two');
  expect(name('', '{}')).toBeUndefined();
  expect(name('', '')).toBeUndefined();
});
