import { z } from 'zod';
import { addMeta, answerValidation, newMetaAnswer, parseMetaParameters, removeMeta, type FhirAnswer } from '../../fhir-rest';
import { newRoute, type Response } from '../route';
import { assertType, newContext, toResponse, type FhirRoutesOptions } from './fhir-answer';
import { format, id, reads, shared, type, word, writing, type Row } from './fhir-row';

const validation = { name: 'validate', definition: 'Resource-validate', of: 'every-type' } as const;
const meta = { name: 'meta', definition: 'Resource-meta', of: 'every-type' } as const;

/** `$validate`, `$meta`, `$meta-add` and `$meta-delete`. */
export function newOperationRows(options: FhirRoutesOptions): readonly Row[] {
  return [...newValidateRows(options), ...newMetaRows(options), ...newMetaChangeRows(options)];
}

function newValidateRows({ profiles }: FhirRoutesOptions): readonly Row[] {
  const shape = {
    ...shared,
    method: 'post',
    access: reads,
    audit: 'operation',
    lane: 'reads',
    bodyKind: 'fhir',
    body: z.string(),
    query: z.strictObject({ ...format, mode: word.optional(), profile: z.string().max(1024).optional() }),
  } as const;
  const ofType = newRoute({
    ...shape,
    path: '/fhir/{type}/$validate',
    summary: 'Whether a resource would be valid, and what is wrong with it; nothing is written',
    params: z.strictObject({ type }),
    handle: ({ params, query: { mode, profile }, body, origin }) => {
      assertType(params.type);
      const resource = answerValidation(body, { ...params, mode, profile }, profiles);
      return Promise.resolve(toResponse(origin, { status: 200, resource }));
    },
  });
  const ofInstance = newRoute({
    ...shape,
    path: '/fhir/{type}/{id}/$validate',
    summary: 'Whether a resource would be valid as the next version of this one; nothing is written',
    params: z.strictObject({ type, id }),
    handle: ({ params, query: { mode = 'update', profile }, body, origin }) => {
      assertType(params.type);
      const resource = answerValidation(body, { ...params, mode, profile }, profiles);
      return Promise.resolve(toResponse(origin, { status: 200, resource }));
    },
  });
  return [
    { operation: validation, route: ofType },
    { operation: validation, route: ofInstance },
  ];
}

function newMetaRows({ viewOf }: FhirRoutesOptions): readonly Row[] {
  const shape = { ...shared, method: 'get', access: reads, audit: 'read', query: z.strictObject(format) } as const;
  const tell = (origin: string, { resource = {} }: FhirAnswer): Response =>
    toResponse(origin, { status: 200, resource: newMetaAnswer(resource) });
  const ofInstance = newRoute({
    ...shape,
    path: '/fhir/{type}/{id}/$meta',
    summary: 'Profiles, security labels and tags of a resource',
    params: z.strictObject({ type, id }),
    handle: async ({ params, origin, caller }) => {
      assertType(params.type);
      return tell(origin, await viewOf(caller).reader.read(params.type, params.id));
    },
  });
  const ofVersion = newRoute({
    ...shape,
    path: '/fhir/{type}/{id}/_history/{versionId}/$meta',
    summary: 'Profiles, security labels and tags of a version',
    params: z.strictObject({ type, id, versionId: id }),
    handle: async ({ params, origin, caller }) => {
      assertType(params.type);
      return tell(origin, await viewOf(caller).reader.readVersion(params.type, params.id, params.versionId));
    },
  });
  return [
    { operation: meta, route: ofInstance },
    { operation: meta, route: ofVersion },
  ];
}

function newMetaChangeRows({ changer }: FhirRoutesOptions): readonly Row[] {
  const changes = [
    { name: 'meta-add', apply: addMeta, summary: 'Add profiles, security labels and tags to a resource, as its next version' },
    { name: 'meta-delete', apply: removeMeta, summary: 'Take profiles, security labels and tags from a resource, as its next version' },
  ];
  return changes.map(({ name, apply, summary }) => ({
    operation: { name, definition: `Resource-${name}`, of: 'every-type' },
    route: newRoute({
      ...writing,
      method: 'post',
      audit: 'update',
      path: `/fhir/{type}/{id}/$${name}`,
      summary,
      params: z.strictObject({ type, id }),
      query: z.strictObject(format),
      handle: async (request) => {
        const { params, body, origin } = request;
        assertType(params.type);
        const labels = parseMetaParameters(body);
        const context = { ...newContext(request), answer: 'representation' as const };
        const { resource = {} } = await changer.change(params.type, params.id, (held) => apply(held, labels), context);
        return toResponse(origin, { status: 200, resource: newMetaAnswer(resource) });
      },
    }),
  }));
}
