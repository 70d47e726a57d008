import { formatJson } from '../fhir';
import type { ResourceReader } from '../fhir-rest';
import type { IndexedRecord, Place, Store } from '../store';
import { listDeletions } from './export-deletions';
import type { ExportRequest } from './export-request';
import { Exporter, type ExporterOptions } from './exporter';
import { formatLines, formatUnread, isPassing, type ExportPage, type ExportSource } from './export-source';

export interface RecordSourceOptions {
  readonly reader: Pick<ResourceReader, 'present'>;
  readonly store: Pick<Store, 'index' | 'resources' | 'changes'>;
}

const most = 50;
export type RecordExporter = Exporter<ExportRequest, Place>;

export function newRecordExporter({
  reader,
  store,
  ...options
}: RecordSourceOptions & { readonly store: Pick<Store, 'key'> } & Pick<
    ExporterOptions<ExportRequest, Place>,
    'folder' | 'onTrouble'
  >): RecordExporter {
  return new Exporter({ ...options, key: store.key, source: newRecordSource({ reader, store }) });
}

/** The organisation's own records, as NDJSON. */
export function newRecordSource(source: RecordSourceOptions): ExportSource<ExportRequest, Place> {
  return {
    readPage: (job, type) => readPage(source, job, type),
    listDeletions: (request, type) => listDeletions(source.store, request, type),
    formatFile: (_request, _kind, lines) => formatLines(lines),
  };
}

/** Reads the next resources of a type. @throws what may succeed later */
async function readPage(
  source: RecordSourceOptions,
  { request, after }: { readonly request: ExportRequest; readonly after: Place | null },
  type: string,
): Promise<ExportPage<Place>> {
  const { index, resources } = source.store;
  const { since, level } = request;
  // By time there is an index for what was written since; else by creation, so that nothing comes twice.
  const order = since === undefined ? 'created' : 'updated';
  const listed = resources.list({ type, from: since }, { order, after: after ?? undefined, most });
  const wanted = listed.filter(({ subjectRef }) => level === 'system' || subjectRef !== null);
  const records = wanted.flatMap(({ recordId, version }) => index.findVersion(recordId, version) ?? []);
  const { lines, errors } = await presentAll(source, records);
  return { lines, errors, after: listed.length < most ? undefined : listed.at(-1)?.place };
}

async function presentAll({ reader }: RecordSourceOptions, records: readonly IndexedRecord[]): Promise<Omit<ExportPage<Place>, 'after'>> {
  try {
    return { lines: (await reader.present(records)).map(formatJson), errors: [] };
  } catch (error) {
    if (isPassing(error)) throw error;
    const [only, ...others] = records;
    if (only === undefined) throw error;
    if (others.length === 0) return { lines: [], errors: [formatUnread(`${only.type}/${only.id}`, error)] };
    const half = Math.ceil(records.length / 2);
    const [one, other] = [
      await presentAll({ reader } as RecordSourceOptions, records.slice(0, half)),
      await presentAll({ reader } as RecordSourceOptions, records.slice(half)),
    ];
    return { lines: [...one.lines, ...other.lines], errors: [...one.errors, ...other.errors] };
  }
}
