import { z } from 'zod';
import { readEverything } from '../../fhir-rest';
import { newRoute } from '../route';
import { baseOf, toResponse, type FhirRoutesOptions } from './fhir-answer';
import { pairsOf } from './fhir-condition';
import { cursor, format, id, reads, shared, word, type Row } from './fhir-row';

const query = z.strictObject({
  ...format,
  start: word.optional(),
  end: word.optional(),
  _since: word.optional(),
  _type: z.string().max(4096).optional(),
  _count: word.optional(),
  _cursor: cursor,
});

/** `$everything` of a patient. */
export function newEverythingRows({ viewOf }: FhirRoutesOptions): readonly Row[] {
  const route = newRoute({
    ...shared,
    method: 'get',
    path: '/fhir/Patient/{id}/$everything',
    summary: 'All that is held of a patient, page by page, with what it refers to',
    access: reads,
    audit: 'search',
    params: z.strictObject({ id }),
    query,
    handle: async ({ params, query: asked, origin, caller }) => {
      const { reader, held } = viewOf(caller);
      const pairs = pairsOf(asked).filter(([name]) => !Object.hasOwn(format, name));
      const bundle = await readEverything(reader, held, { ...params, base: baseOf(origin), pairs });
      return toResponse(origin, { status: 200, resource: bundle });
    },
  });
  return [{ operation: { name: 'everything', definition: 'Patient-everything', of: ['Patient'] }, route }];
}
