import { z } from 'zod';
import { newRoute } from '../route';
import { assertType, newContext, toResponse, type FhirRoutesOptions } from './fhir-answer';
import { formatCondition } from './fhir-condition';
import { condition, format, id, type, writing, type Row } from './fhir-row';

/** PATCH: a JSON Patch of a resource, named by its id or by a condition. */
export function newPatchRows({ changer }: FhirRoutesOptions): readonly Row[] {
  const shape = { ...writing, method: 'patch', audit: 'update', bodyKind: 'patch' } as const;
  const patch = newRoute({
    ...shape,
    path: '/fhir/{type}/{id}',
    summary: 'Write the next version of a resource as a JSON Patch makes it of the newest',
    params: z.strictObject({ type, id }),
    query: z.strictObject(format),
    handle: async (request) => {
      const { params, body, origin } = request;
      assertType(params.type);
      return toResponse(origin, await changer.patch(params.type, params.id, body, newContext(request)));
    },
  });
  const patchFound = newRoute({
    ...shape,
    path: '/fhir/{type}',
    summary: 'Patch the one resource that fulfils a condition',
    params: z.strictObject({ type }),
    query: condition,
    handle: async (request) => {
      const { params, query, body, origin } = request;
      assertType(params.type);
      return toResponse(origin, await changer.patchFound(params.type, formatCondition(query), body, newContext(request)));
    },
  });
  return [
    { interaction: 'patch', route: patchFound },
    { interaction: 'patch', route: patch },
  ];
}
