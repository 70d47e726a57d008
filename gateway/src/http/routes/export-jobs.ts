import { z } from 'zod';
import type { Mention } from '../../audit';
import type { Access } from '../../auth';
import type { ExportFile, ExportJob, Exporter, ExportScope } from '../../fhir-export';
import { newRoute, type Response, type Route } from '../route';
import { format } from './fhir-row';
import { ownerOf } from './owner-of';

const exportId = z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'must be the id of an export');

export interface ExportJobOptions<Scope extends ExportScope, Place> {
  readonly exporter: Exporter<Scope, Place>;
  /** Below which exports are asked about: `/fhir/$export`. */
  readonly path: string;
  readonly access: Access;
  readonly isFhir: boolean;
  /** What the files are, for their summary, and as which media types. */
  readonly files: string;
  readonly fileTypes: readonly string[];
  /** How far one is. */
  readonly describe: (job: ExportJob<Scope, Place>, progress: { readonly count: number; readonly after: Place | null }) => string;
  readonly contentTypeOf: (job: ExportJob<Scope, Place>, file: ExportFile) => string;
  /** Whom and what a file tells of, for the audit log. */
  readonly listExported: (text: string) => readonly Mention[];
}

/** An export that was begun: asked about, fetched file by file, deleted (Bulk Data Access 2.0). It is whoever's began it. */
export function newExportJobRoutes<Scope extends ExportScope, Place>(options: ExportJobOptions<Scope, Place>): readonly Route[] {
  const { exporter, path, access, isFhir, files, fileTypes, contentTypeOf, listExported } = options;
  const status = `${path}/{exportId}`;
  const shape = { access, params: z.strictObject({ exportId }), query: z.strictObject(isFhir ? format : {}) } as const;
  const ask = newRoute({
    ...shape,
    isFhir,
    isRoutine: true,
    method: 'get',
    path: status,
    summary: 'How far an export is; when it is done, the list of its files',
    audit: 'none',
    response: z.any(),
    handle: ({ params, caller, origin }) => Promise.resolve(tell(options, exporter.find(ownerOf(caller), params.exportId), origin)),
  });
  const remove = newRoute({
    ...shape,
    isFhir,
    method: 'delete',
    path: status,
    summary: 'End an export and delete its files',
    audit: 'none',
    status: 202,
    response: z.undefined(),
    handle: async ({ params, caller }) => {
      await exporter.remove(ownerOf(caller), params.exportId);
      return accepted(options);
    },
  });
  const fetchFile = newRoute({
    ...shape,
    method: 'get',
    path: `${status}/{file}`,
    summary: `A file of an export: ${files}`,
    audit: 'export',
    params: z.strictObject({ exportId, file: z.string().regex(/^[A-Za-z0-9]{1,32}$/, 'must be the name of a file') }),
    response: z.string(),
    textTypes: fileTypes,
    handle: async ({ params, caller }) => {
      const { job, file, text } = await exporter.readFile(ownerOf(caller), params.exportId, params.file);
      return { body: text, contentType: contentTypeOf(job, file), about: file.kind === 'error' ? [] : listExported(text) };
    },
  });
  return [ask, remove, fetchFile];
}

/** What is told when an export begins. */
export function tellBegun<Scope extends ExportScope, Place>(
  options: Pick<ExportJobOptions<Scope, Place>, 'path' | 'isFhir'>,
  { exportId: id }: ExportJob<Scope, Place>,
  origin: string,
): Response {
  return { ...accepted(options), headers: { 'content-location': `${origin}${options.path}/${id}` } };
}

function accepted({ isFhir }: { readonly isFhir: boolean }): Response {
  return { status: 202, body: '', contentType: isFhir ? 'application/fhir+json' : 'text/plain' };
}

function tell<Scope extends ExportScope, Place>(
  options: ExportJobOptions<Scope, Place>,
  job: ExportJob<Scope, Place>,
  origin: string,
): Response {
  const { exportId: id, state, files, transactionTime, url, expiresAt } = job;
  if (state === 'running') {
    const progress = options.describe(job, options.exporter.readProgress(job));
    return { ...accepted(options), headers: { 'x-progress': progress, 'retry-after': '2' } };
  }
  const listOf = (kind: ExportFile['kind']): object[] =>
    files
      .filter((file) => file.kind === kind)
      .map(({ type, name, count }) => ({ type, url: `${origin}${options.path}/${id}/${name}`, count }));
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
