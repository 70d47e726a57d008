import { z } from 'zod';
import { newReadingStatement, parsePrefer, type FhirAnswer, type Pair } from '../../fhir-rest';
import type { Access } from '../../auth';
import type { JsonObject } from '../../fhir';
import { newRoute, type Request, type Response, type Route } from '../route';
import { assertType, toResponse } from './fhir-answer';
import { pairsOf } from './fhir-condition';
import { condition, cursor, format, id, shared, type as typeName, word } from './fhir-row';
import { reference } from './schemas';

/** What can be read of one relation, by whoever asks now. */
export interface RelationChart {
  /** A page of a type. */
  search(wish: { readonly type: string; readonly pairs: readonly Pair[]; readonly isStrict: boolean }): Promise<JsonObject>;
  /** A page of everything; `id`: of the Patient, where it is given. */
  everything(wish: { readonly id: string | undefined; readonly pairs: readonly Pair[]; readonly isStrict: boolean }): Promise<JsonObject>;
  read(type: string, id: string, ifNoneMatch: string | undefined): Promise<FhirAnswer>;
  history(type: string, id: string, page: { readonly count: string | undefined; readonly cursor: string | undefined }): Promise<JsonObject>;
  readVersion(type: string, id: string, versionId: string): Promise<FhirAnswer>;
}

export type RelationRequest = Request<{ relationRef: string }>;

export interface RelationService {
  /** Of the services, before the relation. */
  readonly root: '/fhir/released' | '/fhir/own';
  readonly access: Access;
  readonly version: string;
  /** What is read there, in a sentence: `search ...`. */
  readonly what: string;
  /** Of the CapabilityStatement: what is read, and who reads. */
  readonly description: string;
  readonly security: string;
  readonly open: (request: RelationRequest, base: string) => Promise<RelationChart>;
}

const ofRelation = z.strictObject({ relationRef: reference });
const ofType = ofRelation.extend({ type: typeName });
const ofResource = ofType.extend({ id });
const formats = z.strictObject(format);

/** The routes of a FHIR R4 service of its own for each relation, which is only read. */
export function newRelationFhirRoutes(service: RelationService): readonly Route[] {
  return [newStatementRoute(service), ...newEverythingRoutes(service), ...newSearchRoutes(service), ...newReadRoutes(service)];
}

function newStatementRoute({ root, version, description, security }: RelationService): Route {
  const since = new Date().toISOString();
  return newRoute({
    ...shared,
    method: 'get',
    path: `${root}/{relationRef}/metadata`,
    summary: 'CapabilityStatement: what can be done here; the same for every relation',
    access: { by: 'anybody' },
    audit: 'none',
    params: ofRelation,
    query: formats,
    needsLedger: false,
    handle: ({ params, origin }) => {
      const base = `${origin}${root}/${params.relationRef}`;
      return Promise.resolve(answer(origin, base, newReadingStatement({ base, version, since, description, security })));
    },
  });
}

function newEverythingRoutes({ root, access, what, open }: RelationService): readonly Route[] {
  const list = async (request: Request<{ relationRef: string; id?: string }>): Promise<Response> => {
    const { params, origin, query, header } = request;
    const base = baseOf(root, request);
    const pairs = pairsOf(query as z.output<typeof condition>).filter(([name]) => !Object.hasOwn(format, name));
    const chart = await open(request, base);
    return answer(origin, base, await chart.everything({ id: params.id, pairs, isStrict: parsePrefer(header('prefer')).isStrict }));
  };
  const everything = { ...shared, access, method: 'get', audit: 'search', query: condition, handle: list } as const;
  return [
    newRoute({ ...everything, path: `${root}/{relationRef}/Patient/$everything`, summary: `All of ${what}`, params: ofRelation }),
    newRoute({
      ...everything,
      path: `${root}/{relationRef}/Patient/{id}/$everything`,
      summary: `All of ${what}, by the id of the Patient`,
      params: ofRelation.extend({ id }),
    }),
  ];
}

function newSearchRoutes({ root, access, what, open }: RelationService): readonly Route[] {
  const run = async (request: Request<z.output<typeof ofType>>, pairs: readonly Pair[]): Promise<Response> => {
    const { params, origin, header } = request;
    assertType(params.type);
    const base = baseOf(root, request);
    const chart = await open(request, base);
    return answer(origin, base, await chart.search({ type: params.type, pairs, isStrict: parsePrefer(header('prefer')).isStrict }));
  };
  const search = { ...shared, access, audit: 'search', params: ofType, query: condition } as const;
  return [
    newRoute({
      ...search,
      method: 'get',
      path: `${root}/{relationRef}/{type}`,
      summary: `Search ${what}, by type`,
      handle: (request) => run(request, pairsOf(request.query)),
    }),
    newRoute({
      ...search,
      method: 'post',
      path: `${root}/{relationRef}/{type}/_search`,
      summary: `Search ${what}, the search in the body so that it stands in no address`,
      bodyKind: 'form',
      body: z.string(),
      handle: (request) => run(request, [...pairsOf(request.query), ...new URLSearchParams(request.body)]),
    }),
  ];
}

function newReadRoutes({ root, access, what, open }: RelationService): readonly Route[] {
  const path = `${root}/{relationRef}/{type}/{id}`;
  const reading = { ...shared, access, method: 'get' } as const;
  return [
    newRoute({
      ...reading,
      path,
      audit: 'read',
      summary: `The newest version of a resource of ${what}`,
      params: ofResource,
      query: formats,
      handle: async (request) => {
        const { params, origin, header } = request;
        assertType(params.type);
        const base = baseOf(root, request);
        const chart = await open(request, base);
        return toResponse(origin, await chart.read(params.type, params.id, header('if-none-match')), base);
      },
    }),
    newRoute({
      ...reading,
      path: `${path}/_history`,
      audit: 'history',
      summary: `The versions of a resource of ${what}, newest first`,
      params: ofResource,
      query: formats.extend({ _count: word.optional(), _cursor: cursor }),
      handle: async (request) => {
        const { params, origin, query } = request;
        assertType(params.type);
        const base = baseOf(root, request);
        const chart = await open(request, base);
        return answer(origin, base, await chart.history(params.type, params.id, { count: query._count, cursor: query._cursor }));
      },
    }),
    newRoute({
      ...reading,
      path: `${path}/_history/{versionId}`,
      audit: 'vread',
      summary: `One version of a resource of ${what}`,
      params: ofResource.extend({ versionId: id }),
      query: formats,
      handle: async (request) => {
        const { params, origin } = request;
        assertType(params.type);
        const base = baseOf(root, request);
        const chart = await open(request, base);
        return toResponse(origin, await chart.readVersion(params.type, params.id, params.versionId), base);
      },
    }),
  ];
}

function baseOf(root: string, { params, origin }: RelationRequest): string {
  return `${origin}${root}/${params.relationRef}`;
}

function answer(origin: string, base: string, resource: JsonObject): Response {
  return toResponse(origin, { status: 200, resource }, base);
}
