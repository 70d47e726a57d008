import { askingRoles } from '@medaccord/chaincode/model';
import { z } from 'zod';
import type { Caller } from '../../auth';
import { parsePrefer, type Pair } from '../../fhir-rest';
import { newError } from '../../problem';
import { newReleasedStatement, type ReleasedReader, type ReleasedScope } from '../../released';
import { newRoute, type Request, type Response, type Route } from '../route';
import { pairsOf } from './fhir-condition';
import { assertType, toResponse } from './fhir-answer';
import { reference } from './schemas';

export interface ReleasedRoutesOptions {
  readonly released: ReleasedReader;
  readonly version: string;
}

const root = '/fhir-released/{relationRef}';
const type = z.string().regex(/^[A-Za-z]{1,64}$/, 'must be a resource type');
const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be a FHIR id (A-Z a-z 0-9 . -)');
const relationOnly = z.strictObject({ relationRef: reference });
const ofType = relationOnly.extend({ type });
const ofResource = ofType.extend({ id });
const value = z.union([z.string(), z.array(z.string())]);
const query = z.record(z.string(), value);
const format = z.strictObject({ _format: z.string().max(64).optional(), _pretty: z.string().max(64).optional() });
const shared = { response: z.looseObject({ resourceType: z.string() }), isFhir: true, method: 'get' } as const;
const reads = { by: 'staff', roles: askingRoles } as const;

/** A FHIR R4 service per relation: what was released in it to this organisation, as far as its patient's consent permits the caller now. */
export function newReleasedRoutes(options: ReleasedRoutesOptions): readonly Route[] {
  return [newMetadataRoute(options), ...newEverythingRoutes(options), ...newSearchRoutes(options), ...newReadRoutes(options)];
}

function newMetadataRoute({ version }: ReleasedRoutesOptions): Route {
  const since = new Date().toISOString();
  return newRoute({
    ...shared,
    path: `${root}/metadata`,
    summary: 'CapabilityStatement: what can be done with what was released; the same for every relation',
    access: { by: 'anybody' },
    audit: 'none',
    params: relationOnly,
    query: format,
    needsLedger: false,
    handle: ({ params, origin }) => {
      const base = baseOf(origin, params.relationRef);
      const statement = newReleasedStatement({ base, version, since });
      return Promise.resolve(toResponse(origin, { status: 200, resource: statement }, base));
    },
  });
}

function newEverythingRoutes({ released }: ReleasedRoutesOptions): readonly Route[] {
  const list = async (request: Request<{ relationRef: string; id?: string }>, pairs: readonly Pair[]): Promise<Response> =>
    answer(request, await released.search(scopeOf(request), { ...wishOf(request), type: undefined, patient: request.params.id, pairs }));
  return [
    newRoute({
      ...shared,
      path: `${root}/Patient/$everything`,
      summary: 'All that was released of the patient',
      access: reads,
      audit: 'search',
      params: relationOnly,
      query,
      handle: (request) => list(request, pairsOf(request.query)),
    }),
    newRoute({
      ...shared,
      path: `${root}/Patient/{id}/$everything`,
      summary: 'All that was released of the patient, by the id of her Patient if that was released',
      access: reads,
      audit: 'search',
      params: relationOnly.extend({ id }),
      query,
      handle: (request) => list(request, pairsOf(request.query)),
    }),
  ];
}

function newSearchRoutes({ released }: ReleasedRoutesOptions): readonly Route[] {
  const run = async (request: Request<{ relationRef: string; type: string }>, pairs: readonly Pair[]): Promise<Response> => {
    assertType(request.params.type);
    return answer(request, await released.search(scopeOf(request), { ...wishOf(request), type: request.params.type, pairs }));
  };
  return [
    newRoute({
      ...shared,
      path: `${root}/{type}`,
      summary: 'Search what was released, by type',
      access: reads,
      audit: 'search',
      params: ofType,
      query,
      handle: (request) => run(request, pairsOf(request.query)),
    }),
    newRoute({
      ...shared,
      method: 'post',
      path: `${root}/{type}/_search`,
      summary: 'Search what was released, the search in the body so that it stands in no address',
      access: reads,
      audit: 'search',
      params: ofType,
      query,
      bodyKind: 'form',
      body: z.string(),
      handle: (request) => run(request, [...pairsOf(request.query), ...new URLSearchParams(request.body)]),
    }),
  ];
}

function newReadRoutes({ released }: ReleasedRoutesOptions): readonly Route[] {
  return [
    newRoute({
      ...shared,
      path: `${root}/{type}/{id}`,
      summary: 'The newest version of a resource that was released',
      access: reads,
      audit: 'read',
      params: ofResource,
      query: format,
      handle: async (request) => {
        const { params, origin } = request;
        assertType(params.type);
        const scope = scopeOf(request);
        return toResponse(origin, await released.read(scope, params.type, params.id), scope.base);
      },
    }),
    newRoute({
      ...shared,
      path: `${root}/{type}/{id}/_history`,
      summary: 'The versions of a resource that were released, newest first',
      access: reads,
      audit: 'history',
      params: ofResource,
      query,
      handle: async (request) => {
        assertType(request.params.type);
        return answer(request, await released.readHistory(scopeOf(request), request.params.type, request.params.id));
      },
    }),
    newRoute({
      ...shared,
      path: `${root}/{type}/{id}/_history/{versionId}`,
      summary: 'One version of a resource, if that was released',
      access: reads,
      audit: 'vread',
      params: ofResource.extend({ versionId: id }),
      query: format,
      handle: async (request) => {
        const { params, origin } = request;
        assertType(params.type);
        const scope = scopeOf(request);
        return toResponse(origin, await released.readVersion(scope, params.type, params.id, params.versionId), scope.base);
      },
    }),
  ];
}

function baseOf(origin: string, relationRef: string): string {
  return `${origin}/fhir-released/${relationRef}`;
}

function scopeOf({ params: { relationRef }, origin, caller }: Request<{ relationRef: string }>): ReleasedScope {
  return { relationRef, reader: readerOf(caller), base: baseOf(origin, relationRef) };
}

function wishOf({ header }: Pick<Request, 'header'>): { readonly isStrict: boolean } {
  return { isStrict: parsePrefer(header('prefer')).isStrict };
}

function answer(request: Request<{ relationRef: string }>, resource: NonNullable<Parameters<typeof toResponse>[1]['resource']>): Response {
  return toResponse(request.origin, { status: 200, resource }, scopeOf(request).base);
}

function readerOf(caller: Caller): ReleasedScope['reader'] {
  if (caller.kind !== 'staff') throw newError('TOKEN_MISSING', 'This needs a staff token');
  const { department, role, subject, teams } = caller;
  return { role, person: { department, role, person: subject, teams } };
}
