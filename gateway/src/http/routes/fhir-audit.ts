import { z } from 'zod';
import { auditSearchParameters, type AuditEventReader } from '../../audit-event';
import type { JsonObject } from '../../fhir';
import type { Pair } from '../../fhir-rest';
import { newRoute, type Request, type Response, type Route } from '../route';
import { baseOf, toResponse } from './fhir-answer';
import { pairsOf } from './fhir-condition';
import { condition, format, id, shared } from './fhir-row';

const shape = { ...shared, access: { by: 'staff', roles: ['auditor'] } } as const;

/** The organisation's audit log as FHIR. It comes before the routes of other types: nobody writes AuditEvents but the gateway. */
export function newFhirAuditRoutes(events: AuditEventReader): readonly Route[] {
  const search = (pairs: readonly Pair[], { origin }: Request): Promise<Response> => {
    const bundle = events.search(pairs, baseOf(origin));
    // What an auditor was shown is told by what she asked.
    return Promise.resolve({ ...toResponse(origin, { status: 200, resource: bundle }), about: [] });
  };
  return [
    newRoute({
      ...shape,
      method: 'get',
      path: '/fhir/AuditEvent',
      summary: 'Search the audit log of this organisation',
      audit: 'search',
      query: condition,
      handle: (request) => search(pairsOf(request.query), request),
    }),
    newRoute({
      ...shape,
      method: 'post',
      path: '/fhir/AuditEvent/_search',
      summary: 'Search the audit log, the search in the body so that it stands in no address',
      audit: 'search',
      query: condition,
      bodyKind: 'form',
      body: z.string(),
      handle: (request) => search([...pairsOf(request.query), ...new URLSearchParams(request.body)], request),
    }),
    newRoute({
      ...shape,
      method: 'get',
      path: '/fhir/AuditEvent/{id}',
      summary: 'An entry of the audit log',
      audit: 'read',
      params: z.strictObject({ id }),
      query: z.strictObject(format),
      handle: ({ params, origin }) =>
        Promise.resolve(toResponse(origin, { status: 200, resource: events.read(params.id, baseOf(origin)) })),
    }),
  ];
}

/** How the CapabilityStatement tells it. */
export const auditEventCapability: JsonObject = {
  type: 'AuditEvent',
  documentation: 'The audit log of this organisation, for the role auditor; nobody writes it but the gateway',
  interaction: [{ code: 'read' }, { code: 'search-type' }],
  versioning: 'no-version',
  searchParam: auditSearchParameters,
};
