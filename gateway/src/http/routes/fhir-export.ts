import { z } from 'zod';
import type { Mention } from '../../audit';
import type { Caller } from '../../auth';
import type { JsonObject } from '../../fhir';
import { parseExportRequest, type ExportFile, type ExportJob, type Exporter, type ExportRequest } from '../../fhir-export';
import { listReferences } from '../../fhir-rest';
import { newError } from '../../problem';
import { newRoute, type Request, type Response, type Route } from '../route';
import { baseOf } from './fhir-answer';
import { pairsOf } from './fhir-condition';
import { format, type Row } from './fhir-row';

const exportId = z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'must be the id of an export');
const access = { by: 'staff', roles: ['records'] } as const;
const bulkData = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition';
const status = '/fhir/$export/{exportId}';

/** `$export` of all that is held, or of the Patient compartment (Bulk Data Access 2.0): begun, asked about, fetched file by file, deleted. */
export function newExportRows(exporter: Exporter): readonly Row[] {
  const levels = [
    {
      level: 'system',
      path: '/fhir/$export',
      definition: `${bulkData}/export`,
      of: 'system',
      summary: 'Begin an export of all that is held',
    },
    {
      level: 'patient',
      path: '/fhir/Patient/$export',
      definition: `${bulkData}/patient-export`,
      of: ['Patient'],
      summary: 'Begin an export of the Patient compartment',
    },
  ] as const;
  return [
    ...levels.map(({ level, path, summary, definition, of }): Row => ({
      operation: { name: 'export', definition, of },
      route: newRoute({
        isFhir: true,
        method: 'get',
        path,
        summary,
        access,
        audit: 'export',
        query: z.looseObject(format),
        status: 202,
        response: z.any(),
        handle: (request) => begin(exporter, level, { ...request, path }),
      }),
    })),
    ...newStatusRoutes(exporter).map((route): Row => ({ route })),
  ];
}

type Begun = Request<unknown, Readonly<Record<string, unknown>>> & { readonly path: string };

async function begin(exporter: Exporter, level: ExportRequest['level'], { query, header, origin, caller, path }: Begun): Promise<Response> {
  const prefer = header('prefer') ?? '';
  if (!/(?:^|[,;\s])respond-async(?:$|[,;\s])/.test(prefer))
    throw newError('REQUEST_INVALID', 'header.prefer: must be respond-async, for an export takes its time');
  const pairs = pairsOf(query).filter(([name]) => !Object.hasOwn(format, name));
  const request = parseExportRequest(level, pairs, /handling=lenient/.test(prefer));
  const asked = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
  const job = await exporter.begin(ownerOf(caller), `${origin}${path}${asked === '' ? '' : `?${asked}`}`, request);
  return {
    status: 202,
    body: '',
    contentType: 'application/fhir+json',
    headers: { 'content-location': `${baseOf(origin)}/$export/${job.exportId}` },
  };
}

function newStatusRoutes(exporter: Exporter): readonly Route[] {
  const shape = { access, params: z.strictObject({ exportId }), query: z.strictObject(format) } as const;
  const ask = newRoute({
    ...shape,
    isFhir: true,
    isRoutine: true,
    method: 'get',
    path: status,
    summary: 'How far an export is; when it is done, the list of its files',
    audit: 'none',
    response: z.any(),
    handle: ({ params, caller, origin }) => Promise.resolve(tell(exporter.find(ownerOf(caller), params.exportId), origin)),
  });
  const remove = newRoute({
    ...shape,
    isFhir: true,
    method: 'delete',
    path: status,
    summary: 'End an export and delete its files',
    audit: 'none',
    status: 202,
    response: z.any(),
    handle: ({ params, caller }) => {
      exporter.remove(ownerOf(caller), params.exportId);
      return Promise.resolve({ status: 202, body: '', contentType: 'application/fhir+json' });
    },
  });
  const fetchFile = newRoute({
    ...shape,
    method: 'get',
    path: `${status}/{file}`,
    summary: 'A file of an export: NDJSON, a resource in each line',
    audit: 'export',
    params: z.strictObject({ exportId, file: z.string().regex(/^[A-Za-z0-9]{1,32}$/, 'must be the name of a file') }),
    response: z.any(),
    handle: async ({ params, caller }) => {
      const body = await exporter.readFile(ownerOf(caller), params.exportId, params.file);
      return { body, contentType: 'application/fhir+ndjson', about: listExported(body) };
    },
  });
  return [ask, remove, fetchFile];
}

/** The resources in a file, for the audit log. */
function listExported(file: string): readonly Mention[] {
  const resources = file.split('\n').filter((line) => line !== '');
  return resources
    .flatMap((line) => listReferences({ status: 200, resource: JSON.parse(line) as JsonObject }))
    .map((reference) => ({ reference }));
}

/** Whose export it is. */
function ownerOf(caller: Caller): string {
  return caller.kind === 'staff' ? `staff/${caller.subject}` : '';
}

function tell(job: ExportJob, origin: string): Response {
  const { exportId, state, files, request, typesDone, transactionTime, url, expiresAt } = job;
  if (state === 'running') {
    const count = files.reduce((sum, file) => sum + file.count, 0);
    const progress = `${String(count)} resources, ${String(typesDone)} of ${String(request.types.length)} types`;
    return { status: 202, body: '', contentType: 'application/fhir+json', headers: { 'x-progress': progress, 'retry-after': '2' } };
  }
  const listOf = (kind: ExportFile['kind']): object[] =>
    files
      .filter((file) => file.kind === kind)
      .map(({ type, name, count }) => ({ type, url: `${baseOf(origin)}/$export/${exportId}/${name}`, count }));
  return {
    status: 200,
    body: {
      transactionTime,
      request: url,
      requiresAccessToken: true,
      output: listOf('output'),
      deleted: listOf('deleted'),
      error: listOf('error'),
    },
    headers: { expires: new Date(expiresAt).toUTCString() },
  };
}
