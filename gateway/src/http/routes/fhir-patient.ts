import { z } from 'zod';
import { findHolder, type StandingOptions } from '../../decision';
import { parsePrefer, readHistory, ResourceReader, searchResources, type Pair } from '../../fhir-rest';
import type { RecordReader } from '../../record/record-reader';
import type { Store } from '../../store';
import { newRoute, type Request, type Response, type Route } from '../route';
import { assertType, toResponse } from './fhir-answer';
import { pairsOf } from './fhir-condition';
import { reference } from './schemas';

export interface PatientFhirOptions extends StandingOptions {
  readonly store: Store;
  readonly records: RecordReader;
}

/** What the holder of a relation's key may read. */
interface Chart {
  readonly subjectRef: string;
  readonly reader: ResourceReader;
  readonly base: string;
}

const root = '/fhir-patient/{relationRef}';
const type = z.string().regex(/^[A-Za-z]{1,64}$/, 'must be a resource type');
const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be a FHIR id (A-Z a-z 0-9 . -)');
const ofType = z.strictObject({ relationRef: reference, type });
const ofResource = ofType.extend({ id });
const query = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const format = z.strictObject({ _format: z.string().max(64).optional(), _pretty: z.string().max(64).optional() });
const access = { by: 'relation' } as const;
const response = z.looseObject({ resourceType: z.string() });
const shared = { response, access, isFhir: true, method: 'get' } as const;

/** A FHIR R4 service per relation at the custodian: all of the patient's own records, for herself. */
export function newPatientFhirRoutes(options: PatientFhirOptions): readonly Route[] {
  return [...newSearchRoutes(options), ...newReadRoutes(options)];
}

function newSearchRoutes(options: PatientFhirOptions): readonly Route[] {
  const run = async (request: Request<z.output<typeof ofType>>, pairs: readonly Pair[]): Promise<Response> => {
    const { params, origin, header } = request;
    assertType(params.type);
    const { reader, subjectRef, base } = await openChart(options, request);
    const { isStrict } = parsePrefer(header('prefer'));
    const wish = { type: params.type, pairs: pairs.filter(isOwn), base, isStrict, within: subjectRef };
    const bundle = await searchResources(reader, options.store, wish);
    return toResponse(origin, { status: 200, resource: bundle }, base);
  };
  return [
    newRoute({
      ...shared,
      path: `${root}/{type}`,
      audit: 'search',
      summary: "Search the patient's own records, by type",
      params: ofType,
      query,
      handle: (request) => run(request, pairsOf(request.query)),
    }),
    newRoute({
      ...shared,
      method: 'post',
      path: `${root}/{type}/_search`,
      audit: 'search',
      summary: "Search the patient's own records, the search in the body so that it stands in no address",
      params: ofType,
      query,
      bodyKind: 'form',
      body: z.string(),
      handle: (request) => run(request, [...pairsOf(request.query), ...new URLSearchParams(request.body)]),
    }),
  ];
}

function newReadRoutes(options: PatientFhirOptions): readonly Route[] {
  return [
    newRoute({
      ...shared,
      path: `${root}/{type}/{id}`,
      audit: 'read',
      summary: "The newest version of a resource of the patient's",
      params: ofResource,
      query: format,
      handle: async (request) => {
        const { params, origin, header } = request;
        assertType(params.type);
        const { reader, base } = await openChart(options, request);
        return toResponse(origin, await reader.read(params.type, params.id, header('if-none-match')), base);
      },
    }),
    newRoute({
      ...shared,
      path: `${root}/{type}/{id}/_history`,
      audit: 'history',
      summary: "The versions of a resource of the patient's, newest first",
      params: ofResource,
      query: format.extend({ _count: z.string().max(64).optional(), _cursor: z.string().max(2048).optional() }),
      handle: async (request) => {
        const { params, origin } = request;
        const { _count: count, _cursor: cursor } = request.query;
        assertType(params.type);
        const { reader, base } = await openChart(options, request);
        const bundle = await readHistory(reader, options.store.key, { type: params.type, id: params.id, base, count, cursor });
        return toResponse(origin, { status: 200, resource: bundle }, base);
      },
    }),
    newRoute({
      ...shared,
      path: `${root}/{type}/{id}/_history/{versionId}`,
      audit: 'vread',
      summary: "One version of a resource of the patient's",
      params: ofResource.extend({ versionId: id }),
      query: format,
      handle: async (request) => {
        const { params, origin } = request;
        assertType(params.type);
        const { reader, base } = await openChart(options, request);
        return toResponse(origin, await reader.readVersion(params.type, params.id, params.versionId), base);
      },
    }),
  ];
}

/** All that is read or found is looked for among this patient's records only. */
async function openChart(options: PatientFhirOptions, { params, origin }: Request<{ relationRef: string }>): Promise<Chart> {
  const subjectRef = await findHolder(options, params.relationRef);
  return {
    subjectRef,
    reader: new ResourceReader({ ...options, within: subjectRef }),
    base: `${origin}/fhir-patient/${params.relationRef}`,
  };
}

/** What joins other resources to those that are found would look beyond hers. */
function isOwn([name]: Pair): boolean {
  return !/^_(include|revinclude|has)(:|$)/.test(name);
}
