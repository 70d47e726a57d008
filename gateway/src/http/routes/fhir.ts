import { z } from 'zod';
import {
  includerNames,
  newCapabilityStatement,
  parsePrefer,
  readHistory,
  searchParameterNames,
  searchResources,
  shaperNames,
  type CapabilityOptions,
  type Interaction,
  type Pair,
  type WriteTarget,
} from '../../fhir-rest';
import { newSmartSecurity } from '../../sign-in';
import { newRoute, type Request, type Response, type Route } from '../route';
import { assertType, baseOf, newContext, toResponse, type FhirRoutesOptions } from './fhir-answer';
import { auditEventCapability } from './fhir-audit';
import { newBundleRoute } from './fhir-bundle';
import { newPatchRows } from './fhir-change';
import { formatCondition, pairsOf } from './fhir-condition';
import { newEverythingRows } from './fhir-everything';
import { newExportRows } from './fhir-export';
import { newHistoryRows } from './fhir-history';
import { newOperationRows } from './fhir-operations';
import { condition, cursor, format, id, reads, shared, type, value, word, writes, writing, type Row } from './fhir-row';

const names = [...new Set([...searchParameterNames, ...shaperNames, ...includerNames, '_cursor'])];
const searchQuery = z.looseObject({ ...Object.fromEntries(names.map((name) => [name, value.optional()])), ...format });

/** The FHIR R4 service: the organisation's own records, by FHIR's RESTful interactions. */
export function newFhirRoutes(options: FhirRoutesOptions): readonly Route[] {
  // What has a word for an id comes before what has an id.
  const rows: readonly Row[] = [
    ...newHistoryRows(options),
    ...newOperationRows(options),
    ...newEverythingRows(options),
    ...newExportRows(options.exporter),
    newSearchRow('get', options),
    newSearchRow('post', options),
    ...newWriteRows(options),
    ...newReadRows(options),
    ...newPatchRows(options),
    ...newDeleteRows(options),
    ...newBundleRoute(options).map((route): Row => ({ interaction: 'transaction', route })),
  ];
  const interactions: readonly Interaction[] = [...rows.flatMap(({ interaction }) => interaction ?? []), 'batch'];
  const operations = rows.flatMap(({ operation }) => operation ?? []);
  return [newMetadataRoute(options, { interactions, operations }), ...rows.map(({ route }) => route)];
}

function newMetadataRoute(
  { version, findPlace }: Pick<FhirRoutesOptions, 'version' | 'findPlace'>,
  done: Pick<CapabilityOptions, 'interactions' | 'operations'>,
): Route {
  const since = new Date().toISOString();
  return newRoute({
    ...shared,
    method: 'get',
    path: '/fhir/metadata',
    summary: 'CapabilityStatement: what of FHIR R4 this gateway does',
    access: { by: 'anybody' },
    audit: 'none',
    query: z.looseObject({ ...format }),
    needsLedger: false,
    handle: async ({ origin }) => {
      // An issuer that does not answer keeps nobody from learning the rest.
      const place = await findPlace().catch(() => undefined);
      const statement = newCapabilityStatement({
        base: baseOf(origin),
        version,
        since,
        ...done,
        others: { AuditEvent: auditEventCapability },
        security: place === undefined ? {} : newSmartSecurity(place),
      });
      return toResponse(origin, { status: 200, resource: statement });
    },
  });
}

function newSearchRow(method: 'get' | 'post', { viewOf }: FhirRoutesOptions): Row {
  const run = async (resourceType: string, pairs: readonly Pair[], { origin, header, caller }: Request): Promise<Response> => {
    assertType(resourceType);
    const { reader, held } = viewOf(caller);
    const { isStrict } = parsePrefer(header('prefer'));
    const bundle = await searchResources(reader, held, { type: resourceType, pairs, base: baseOf(origin), isStrict });
    return toResponse(origin, { status: 200, resource: bundle });
  };
  const route = { ...shared, method, access: reads, audit: 'search', params: z.strictObject({ type }), query: searchQuery } as const;
  return {
    interaction: 'search-type',
    route:
      method === 'get'
        ? newRoute({
            ...route,
            path: '/fhir/{type}',
            summary: 'Search resources of a type',
            handle: (request) => run(request.params.type, pairsOf(request.query), request),
          })
        : newRoute({
            ...route,
            path: '/fhir/{type}/_search',
            summary: 'Search resources of a type, the search in the body so that it stands in no address',
            bodyKind: 'form',
            body: z.string(),
            handle: (request) => run(request.params.type, [...pairsOf(request.query), ...new URLSearchParams(request.body)], request),
          }),
  };
}

function newWriteRows({ writer }: FhirRoutesOptions): readonly Row[] {
  const write = async (resourceType: string, target: WriteTarget, request: Request<unknown, unknown, string>): Promise<Response> => {
    assertType(resourceType);
    return toResponse(request.origin, await writer.write(resourceType, target, request.body, newContext(request)));
  };
  const create = newRoute({
    ...writing,
    method: 'post',
    path: '/fhir/{type}',
    audit: 'create',
    summary: 'Create a resource; the id is assigned. With If-None-Exist or a query only if nothing fulfils that condition',
    params: z.strictObject({ type }),
    query: condition,
    status: 201,
    handle: (request) => {
      const ifNoneExist = request.header('if-none-exist') ?? (formatCondition(request.query) || undefined);
      return write(request.params.type, { kind: 'create', ifNoneExist }, request);
    },
  });
  const update = newRoute({
    ...writing,
    method: 'put',
    path: '/fhir/{type}/{id}',
    audit: 'update',
    summary: 'Write the next version of a resource, or the first under an id of the caller',
    params: z.strictObject({ type, id }),
    query: z.strictObject(format),
    handle: (request) => write(request.params.type, { kind: 'update', id: request.params.id }, request),
  });
  const updateFound = newRoute({
    ...writing,
    method: 'put',
    path: '/fhir/{type}',
    audit: 'update',
    summary: 'Write the next version of the one resource that fulfils a condition, or create it',
    params: z.strictObject({ type }),
    query: condition,
    handle: (request) => write(request.params.type, { kind: 'update-found', condition: formatCondition(request.query) }, request),
  });
  return [
    { interaction: 'create', route: create },
    { interaction: 'update', route: updateFound },
    { interaction: 'update', route: update },
  ];
}

function newReadRows({ viewOf }: FhirRoutesOptions): readonly Row[] {
  const read = newRoute({
    ...shared,
    method: 'get',
    path: '/fhir/{type}/{id}',
    summary: 'The newest version of a resource',
    access: reads,
    audit: 'read',
    params: z.strictObject({ type, id }),
    query: z.strictObject(format),
    handle: async ({ params, origin, header, caller }) => {
      assertType(params.type);
      return toResponse(origin, await viewOf(caller).reader.read(params.type, params.id, header('if-none-match')));
    },
  });
  const history = newRoute({
    ...shared,
    method: 'get',
    path: '/fhir/{type}/{id}/_history',
    summary: 'The versions of a resource, newest first',
    access: reads,
    audit: 'history',
    params: z.strictObject({ type, id }),
    query: z.strictObject({ ...format, _count: word.optional(), _cursor: cursor }),
    handle: async ({ params, query: { _count: count, _cursor: after }, origin, caller }) => {
      assertType(params.type);
      const { reader, held } = viewOf(caller);
      const bundle = await readHistory(reader, held.key, { ...params, base: baseOf(origin), count, cursor: after });
      return toResponse(origin, { status: 200, resource: bundle });
    },
  });
  const readVersion = newRoute({
    ...shared,
    method: 'get',
    path: '/fhir/{type}/{id}/_history/{versionId}',
    summary: 'One version of a resource, also after it was deleted',
    access: reads,
    audit: 'vread',
    params: z.strictObject({ type, id, versionId: id }),
    query: z.strictObject(format),
    handle: async ({ params, origin, caller }) => {
      assertType(params.type);
      return toResponse(origin, await viewOf(caller).reader.readVersion(params.type, params.id, params.versionId));
    },
  });
  return [
    { interaction: 'read', route: read },
    { interaction: 'history-instance', route: history },
    { interaction: 'vread', route: readVersion },
  ];
}

function newDeleteRows({ writer }: FhirRoutesOptions): readonly Row[] {
  const shape = { ...shared, method: 'delete', access: writes, audit: 'delete', status: 204, idempotency: 'optional' } as const;
  const remove = newRoute({
    ...shape,
    path: '/fhir/{type}/{id}',
    summary: 'Delete a resource: its record is marked as entered in error',
    params: z.strictObject({ type, id }),
    query: z.strictObject(format),
    handle: async ({ params, origin, header }) => {
      assertType(params.type);
      return toResponse(origin, await writer.remove(params.type, params.id, header('if-match')));
    },
  });
  const removeFound = newRoute({
    ...shape,
    path: '/fhir/{type}',
    summary: 'Delete the one resource that fulfils a condition',
    params: z.strictObject({ type }),
    query: condition,
    handle: async ({ params, query, origin, header }) => {
      assertType(params.type);
      return toResponse(origin, await writer.removeFound(params.type, formatCondition(query), header('if-match')));
    },
  });
  return [
    { interaction: 'delete', route: removeFound },
    { interaction: 'delete', route: remove },
  ];
}
