import { formatJson, type JsonObject } from '../fhir';
import type { ResourceReader } from '../fhir-rest';
import { toCodedError } from '../problem';
import type { IndexedRecord, Place, Store } from '../store';
import type { ExportJob } from './export-job';

export interface ExportSource {
  readonly reader: Pick<ResourceReader, 'present'>;
  readonly store: Pick<Store, 'index' | 'resources' | 'changes'>;
}

/** Some resources of the type at work. */
export interface ExportPage {
  readonly lines: readonly string[];
  /** An OperationOutcome each for what cannot be read. */
  readonly errors: readonly string[];
  /** Where the next one begins; nothing when the type is done. */
  readonly after: Place | undefined;
}

const most = 50;
/** Of these it is the ledger that cannot be reached, not the record that cannot be read. */
const passing = new Set(['unavailable', 'contention', 'uncertain']);

/** Whether what failed may succeed later. */
export function isPassing(error: unknown): boolean {
  return passing.has(toCodedError(error).category);
}

/** Reads the next resources of a type. @throws what may succeed later */
export async function readPage(
  source: ExportSource,
  { request, after }: Pick<ExportJob, 'request' | 'after'>,
  type: string,
): Promise<ExportPage> {
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

async function presentAll({ reader }: ExportSource, records: readonly IndexedRecord[]): Promise<Omit<ExportPage, 'after'>> {
  try {
    return { lines: (await reader.present(records)).map(formatJson), errors: [] };
  } catch (error) {
    if (isPassing(error)) throw error;
    const [only, ...others] = records;
    if (only === undefined) throw error;
    if (others.length === 0) return { lines: [], errors: [formatJson(newOutcome(only, error))] };
    const half = Math.ceil(records.length / 2);
    const [one, other] = [
      await presentAll({ reader } as ExportSource, records.slice(0, half)),
      await presentAll({ reader } as ExportSource, records.slice(half)),
    ];
    return { lines: [...one.lines, ...other.lines], errors: [...one.errors, ...other.errors] };
  }
}

function newOutcome({ type, id }: IndexedRecord, error: unknown): JsonObject {
  const { code } = toCodedError(error);
  const details = { coding: [{ system: 'urn:medaccord:error', code }] };
  return {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'exception', details, diagnostics: `${type}/${id} cannot be read` }],
  };
}
