import { z } from 'zod';
import type { Mention } from '../../audit';
import type { JsonObject } from '../../fhir';
import { parseExportRequest, type ExportRequest, type RecordExporter } from '../../fhir-export';
import { listReferences } from '../../fhir-rest';
import { newError } from '../../problem';
import type { Place } from '../../store';
import { newRoute, type Request, type Response } from '../route';
import { newExportJobRoutes, tellBegun } from './export-jobs';
import { pairsOf } from './fhir-condition';
import { format, type Row } from './fhir-row';
import { ownerOf } from './owner-of';

const access = { by: 'staff', roles: ['records'] } as const;
const bulkData = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition';
const jobs: Omit<Parameters<typeof newExportJobRoutes<ExportRequest, Place>>[0], 'exporter'> = {
  path: '/fhir/$export',
  access,
  isFhir: true,
  files: 'NDJSON, a resource in each line',
  describe: ({ typesDone, request }, { count }) =>
    `${String(count)} resources, ${String(typesDone)} of ${String(request.types.length)} types`,
  fileTypes: ['application/fhir+ndjson'],
  contentTypeOf: () => 'application/fhir+ndjson',
  listExported,
};

/** `$export` of all that is held, or of the Patient compartment (Bulk Data Access 2.0): begun, asked about, fetched file by file, deleted. */
export function newExportRows(exporter: RecordExporter): readonly Row[] {
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
        response: z.undefined(),
        handle: (request) => begin(exporter, level, { ...request, path }),
      }),
    })),
    ...newExportJobRoutes({ ...jobs, exporter }).map((route): Row => ({ route })),
  ];
}

type Begun = Request<unknown, Readonly<Record<string, unknown>>> & { readonly path: string };

async function begin(
  exporter: RecordExporter,
  level: ExportRequest['level'],
  { query, header, origin, caller, path }: Begun,
): Promise<Response> {
  const prefer = header('prefer') ?? '';
  if (!/(?:^|[,;\s])respond-async(?:$|[,;\s])/.test(prefer))
    throw newError('REQUEST_INVALID', 'header.prefer: must be respond-async, for an export takes its time');
  const pairs = pairsOf(query).filter(([name]) => !Object.hasOwn(format, name));
  const request = parseExportRequest(level, pairs, /handling=lenient/.test(prefer));
  const asked = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
  const job = await exporter.begin(ownerOf(caller), `${origin}${path}${asked === '' ? '' : `?${asked}`}`, request);
  return tellBegun(jobs, job, origin);
}

/** The resources in a file, for the audit log. */
function listExported(file: string): readonly Mention[] {
  const resources = file.split('\n').filter((line) => line !== '');
  return resources
    .flatMap((line) => listReferences({ status: 200, resource: JSON.parse(line) as JsonObject }))
    .map((reference) => ({ reference }));
}
