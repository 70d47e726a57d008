import { DomainError, errorCategories, isErrorCategory, type ErrorCode } from '@medaccord/chaincode/model';
import { codes, newError, type GatewayCode } from '../problem';
import { z } from 'zod';
import { newOpenApi } from './openapi';
import { parseWith } from './parse-with';
import { formatProblem } from './problem-document';
import { newRoute } from './route';

describe('the error table', () => {
  it('gives every code of gateway and chaincode a status and a family', () => {
    const errors = [
      ...Object.keys(codes).map((code) => newError(code as GatewayCode, 'x')),
      ...Object.keys(errorCategories).map((code) => new DomainError(code as ErrorCode, 'x')),
    ];
    for (const error of errors) {
      expect(isErrorCategory(error.category)).toBe(true);
      expect(formatProblem(error, 'i')).toMatchObject({ code: error.code, status: expect.any(Number) });
      expect(formatProblem(error, 'i').status).toBeGreaterThanOrEqual(400);
    }
  });

  it('gives no code of the gateway a meaning that the chaincode gives differently', () => {
    for (const [code, { category }] of Object.entries(codes)) {
      const other = (errorCategories as Record<string, string>)[code];
      if (other !== undefined) expect([code, other]).toEqual([code, category]);
    }
  });

  it('tells nothing of an error that has no code', () => {
    const problem = formatProblem(new Error('somebody called Ada'), 'urn:uuid:1');
    expect(problem).toEqual({
      type: 'urn:medaccord:error:INTERNAL',
      title: codes.INTERNAL.title,
      status: 500,
      code: 'INTERNAL',
      detail: 'Something failed inside the gateway',
      instance: 'urn:uuid:1',
    });
  });

  it('carries the transaction id of an outcome that is not known', () => {
    expect(formatProblem(newError('LEDGER_OUTCOME_UNKNOWN', 'x', { transactionId: 'tx1' }), 'i')).toMatchObject({
      status: 504,
      transactionId: 'tx1',
    });
  });
});

describe('parseWith', () => {
  it("names places by the schema's names, never by the caller's", () => {
    const schema = z.strictObject({ sealed: z.record(z.string(), z.strictObject({ binding: z.string() })) });
    const run = (value: unknown): unknown => parseWith(schema, value, 'body');
    expect(() => run({ sealed: { Ada: { binding: 1 } } })).toThrow('body.sealed.*.binding');
    expect(() => run({ sealed: {}, Ada: 1 })).toThrow('body: has 1 unknown field(s)');
  });
});

describe('newOpenApi', () => {
  const route = newRoute({
    method: 'post',
    path: '/api/things/{thingId}',
    summary: 'Make a thing',
    access: { by: 'staff', roles: ['records'] },
    audit: 'none',
    params: z.strictObject({ thingId: z.string() }),
    query: z.strictObject({ size: z.string().optional() }),
    body: z.strictObject({ name: z.string().max(5) }),
    idempotency: true,
    status: 201,
    response: z.object({ done: z.boolean() }),
    handle: () => Promise.resolve({ body: {} }),
  });

  it('describes a route by the schemas that check it, with who may call it', () => {
    const document = newOpenApi([route], '1.2.3') as { openapi: string; paths: Record<string, Record<string, unknown>> };
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/api/things/{thingId}']?.['post']).toMatchObject({
      operationId: 'postApiThingsThingId',
      security: [{ staff: [] }],
      'x-access': 'staff: records',
      parameters: [
        { name: 'thingId', in: 'path', required: true },
        { name: 'size', in: 'query', required: false },
        { name: 'Idempotency-Key', in: 'header', required: true },
      ],
      requestBody: {
        content: {
          'application/json': { schema: { required: ['name'], additionalProperties: false, properties: { name: { maxLength: 5 } } } },
        },
      },
      responses: {
        '201': { content: { 'application/json': { schema: { properties: { done: { type: 'boolean' } } } } } },
        default: { content: { 'application/problem+json': expect.anything() } },
      },
    });
  });
});
