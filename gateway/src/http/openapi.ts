import { z } from 'zod';
import { categoryTable } from './problem-document';
import type { Access } from '../auth';
import { isFhirPath } from './fhir-media-type';
import type { Route } from './route';

type Schema = Record<string, unknown>;

/** The OpenAPI 3.1 document of the routes, made of the very schemas that check requests. */
export function newOpenApi(routes: readonly Route[], version: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: newOperation(route) };
  return {
    openapi: '3.1.0',
    info: { title: 'Medaccord gateway', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    paths,
    components: {
      schemas: { Problem: problemSchema, OperationOutcome: outcomeSchema },
      securitySchemes: {
        staff: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "Signed by the organisation's token key; names the role",
        },
        wallet: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWS',
          description: "Signed by the relation's key; lives 5 minutes at most",
        },
      },
    },
  };
}

const problemSchema: Schema = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    transactionId: { type: 'string' },
    details: { type: 'object' },
  },
};

const outcomeSchema: Schema = {
  type: 'object',
  description: 'FHIR R4 OperationOutcome; the code stands in issue.details',
  required: ['resourceType', 'issue'],
  properties: { resourceType: { const: 'OperationOutcome' }, issue: { type: 'array', minItems: 1, items: { type: 'object' } } },
};

function newOperation(route: Route): Schema {
  return {
    summary: route.summary,
    operationId: `${route.method}${route.path.replaceAll(/[^A-Za-z0-9]+(.)?/g, (_match, next: string | undefined) => (next ?? '').toUpperCase())}`,
    ...describeAccess(route.access),
    parameters: [...newParameters(route.params, 'path'), ...newParameters(route.query, 'query'), ...newHeaders(route)],
    ...(route.bodyKind === 'none' ? {} : { requestBody: { required: true, content: newContent(route) } }),
    responses: {
      [String(route.status)]: newSuccess(route),
      default: {
        description: `A problem: ${[...new Set(Object.values(categoryTable).map(({ status }) => status))].join(', ')}`,
        // What could not be read as a request is answered with a problem, whatever was asked for.
        content: {
          ...(isFhirPath(route.path)
            ? { 'application/fhir+json': { schema: { $ref: '#/components/schemas/OperationOutcome' } }, ...fhirXml }
            : {}),
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
  };
}

function newSuccess(route: Route): Schema {
  // No body.
  if (route.status === 204 || route.response instanceof z.ZodUndefined) return { description: 'Done' };
  if (route.textTypes.length > 0) return { description: 'Done', content: Object.fromEntries(route.textTypes.map((type) => [type, text])) };
  const content = {
    [responseType(route)]: { schema: toSchema(route.response, 'output') },
    ...(route.isFhir ? fhirXml : {}),
    ...(route.isStream ? events : {}),
  };
  return { description: 'Done', content };
}

const text = { schema: { type: 'string' } };
const events = { 'text/event-stream': text };
const fhirXml = { 'application/fhir+xml': text };

function responseType(route: Route): string {
  if (route.path.startsWith('/scim/')) return 'application/scim+json';
  if (route.access.by === 'monitor') return 'text/plain';
  return route.isFhir || route.path === '/api/records/{recordId}' ? 'application/fhir+json' : 'application/json';
}

function newContent(route: Route): Schema {
  if (route.bodyKind === 'fhir')
    return {
      'application/fhir+json': { schema: { type: 'object' } },
      'application/json': { schema: { type: 'object' } },
      'application/fhir+xml': { schema: { type: 'string' } },
    };
  if (route.bodyKind === 'patch') return { 'application/json-patch+json': { schema: { type: 'array', items: { type: 'object' } } } };
  if (route.bodyKind === 'form') return { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } };
  return { 'application/json': { schema: route.body === undefined ? {} : toSchema(route.body, 'input') } };
}

function newHeaders({ idempotency, isFhir, bodyKind }: Route): Schema[] {
  const key = { name: 'Idempotency-Key', in: 'header', required: idempotency === true, schema: { type: 'string', maxLength: 256 } };
  const subject = { name: 'Medaccord-Subject', in: 'header', required: false, schema: { type: 'string', maxLength: 64 } };
  return [...(idempotency === false ? [] : [key]), ...(isFhir && bodyKind === 'fhir' ? [subject] : [])];
}

function newParameters(schema: z.ZodType, place: 'path' | 'query'): Schema[] {
  const { properties = {}, required = [] } = toSchema(schema, 'input') as { properties?: Record<string, Schema>; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({ name, in: place, required: required.includes(name), schema: property }));
}

function describeAccess(access: Access): Schema {
  switch (access.by) {
    case 'anybody':
      return { security: [], 'x-access': 'anybody' };
    case 'monitor':
      return { security: [], 'x-access': 'anybody at an address of MEDACCORD_METRICS_FROM' };
    case 'signature':
      return { security: [], 'x-access': "whoever brings the patient's signature" };
    case 'staff':
      return { security: [{ staff: [] }], 'x-access': `staff: ${access.roles.join(', ')}` };
    case 'relation':
      return { security: [{ wallet: [] }], 'x-access': patientOf(access) };
    case 'relation-or-staff':
      return { security: [{ wallet: [] }, { staff: [] }], 'x-access': `${patientOf(access)}; staff: ${access.roles.join(', ')}` };
  }
}

function patientOf({ delegates }: { readonly delegates?: true }): string {
  return delegates === true ? 'the patient of the relation, or a delegate of hers' : 'the patient of the relation';
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema;
  return rest;
}
