import { z } from 'zod';
import { readChanges } from '../../fhir-rest';
import { newRoute, type Request, type Response } from '../route';
import { assertType, baseOf, toResponse, type FhirRoutesOptions } from './fhir-answer';
import { cursor, format, reads, shared, type, word, type Row } from './fhir-row';

const query = z.strictObject({ ...format, _count: word.optional(), _since: word.optional(), _cursor: cursor });

/** The history of a type, and of all that is held. */
export function newHistoryRows({ viewOf }: FhirRoutesOptions): readonly Row[] {
  const answer = async (resourceType: string | undefined, request: Request<unknown, z.output<typeof query>>): Promise<Response> => {
    const { _count: count, _since: since, _cursor: after } = request.query;
    const { origin, caller } = request;
    const { reader, held } = viewOf(caller);
    const bundle = await readChanges(reader, held, { type: resourceType, base: baseOf(origin), count, since, cursor: after });
    return toResponse(origin, { status: 200, resource: bundle });
  };
  const shape = { ...shared, method: 'get', access: reads, audit: 'history', query } as const;
  const ofAll = newRoute({
    ...shape,
    path: '/fhir/_history',
    summary: 'What was written and deleted, of every type, newest first',
    handle: (request) => answer(undefined, request),
  });
  const ofType = newRoute({
    ...shape,
    path: '/fhir/{type}/_history',
    summary: 'What was written and deleted, of a type, newest first',
    params: z.strictObject({ type }),
    handle: async (request) => {
      assertType(request.params.type);
      return answer(request.params.type, request);
    },
  });
  return [
    { interaction: 'history-system', route: ofAll },
    { interaction: 'history-type', route: ofType },
  ];
}
