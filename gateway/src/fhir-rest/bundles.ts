import { STATUS_CODES } from 'node:http';
import { FhirError, isObject, parseLosslessJson, type JsonObject, type JsonValue } from '../fhir';
import type { ImportOutcome } from '../import/import-bundle';
import type { FhirAnswer } from './answer';
import { newVersionHeaders } from './answer';
import type { Preference } from './prefer';
import type { ResourceWriter } from './resource-writer';

/** Entries of a batch that run at the same time, and in all. */
const atOnce = 8;
const mostEntries = 500;

/** One entry of a batch, as the interaction that it asks for. */
export interface BatchEntry {
  readonly method: string;
  /** Relative to the base, with its query. */
  readonly url: string;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifNoneExist: string | undefined;
  readonly resource: JsonObject | undefined;
  /** Its position. */
  readonly at: number;
}

export interface Refusal {
  readonly status: number;
  readonly outcome: JsonObject;
}

/** Whether a text is a batch. Anything else, also what is not JSON, is for the reader of transactions to take or to refuse. */
export function isBatch(text: string): boolean {
  try {
    return (JSON.parse(text) as { readonly type?: unknown } | null)?.type === 'batch';
  } catch {
    return false;
  }
}

/**
 * Runs the entries of a batch, each for itself (FHIR R4 http.html#batch): one that fails hinders no other.
 * @param run carries out one entry
 * @param refuse tells an error of one entry
 * @throws FhirError BUNDLE_NOT_JSON, BUNDLE_INVALID when there are too many entries, or one has no request
 */
export async function runBatch(
  text: string,
  base: string,
  { run, refuse }: { readonly run: (entry: BatchEntry) => Promise<FhirAnswer>; readonly refuse: (error: unknown) => Refusal },
): Promise<JsonObject> {
  const entries = readEntries(text);
  const answered: JsonObject[] = [];
  for (let start = 0; start < entries.length; start += atOnce) {
    const answers = entries.slice(start, start + atOnce).map(async (entry) => {
      try {
        return newEntry(base, await run(entry));
      } catch (error) {
        const { status, outcome } = refuse(error);
        return { response: { status: formatStatus(status), outcome } };
      }
    });
    answered.push(...(await Promise.all(answers)));
  }
  return { resourceType: 'Bundle', type: 'batch-response', ...(answered.length === 0 ? {} : { entry: answered }) };
}

/** The answer to a transaction: an entry per entry, with the resources where the caller prefers them. */
export async function newTransactionResponse(
  writer: ResourceWriter,
  { resources }: ImportOutcome,
  { base, wish }: { readonly base: string; readonly wish: Preference['answer'] | undefined },
): Promise<JsonObject> {
  const entry: JsonObject[] = [];
  for (let start = 0; start < resources.length; start += atOnce) {
    const answers = await Promise.all(resources.slice(start, start + atOnce).map((one) => writer.answer(one, wish ?? 'minimal')));
    entry.push(...answers.map((answer) => newEntry(base, answer)));
  }
  return { resourceType: 'Bundle', type: 'transaction-response', entry };
}

function newEntry(base: string, answer: FhirAnswer): JsonObject {
  const { status, resource, version } = answer;
  const headers = newVersionHeaders(base, answer);
  const isNotice = resource?.['resourceType'] === 'OperationOutcome';
  return {
    ...(version === undefined ? {} : { fullUrl: `${base}/${version.reference}` }),
    ...(resource === undefined || isNotice ? {} : { resource }),
    response: {
      status: formatStatus(status),
      ...(version === undefined
        ? {}
        : { location: headers['content-location'] ?? '', etag: headers['etag'] ?? '', lastModified: version.lastUpdated }),
      ...(isNotice ? { outcome: resource } : {}),
    },
  };
}

function formatStatus(status: number): string {
  return `${String(status)} ${STATUS_CODES[status] ?? ''}`.trim();
}

function readEntries(text: string): readonly BatchEntry[] {
  const bundle = parseLosslessJson(text);
  if (!isObject(bundle) || bundle['resourceType'] !== 'Bundle') throw new FhirError('BUNDLE_INVALID', 'resourceType', 'must be Bundle.');
  const entries = bundle['entry'] ?? [];
  if (!Array.isArray(entries) || entries.length > mostEntries)
    throw new FhirError('BUNDLE_INVALID', 'entry', `must be a list of at most ${String(mostEntries)} entries.`);
  return entries.map(readEntry);
}

function readEntry(entry: JsonValue, at: number): BatchEntry {
  const request = isObject(entry) ? entry['request'] : undefined;
  const place = `entry[${String(at)}].request`;
  if (!isObject(entry) || !isObject(request)) throw new FhirError('BUNDLE_INVALID', place, 'must be an object with method and url.');
  const { method, url, ifMatch, ifNoneMatch, ifNoneExist } = request;
  if (typeof method !== 'string' || typeof url !== 'string') throw new FhirError('BUNDLE_INVALID', place, 'must have method and url.');
  const resource = entry['resource'];
  const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    method,
    url,
    ifMatch: textOf(ifMatch),
    ifNoneMatch: textOf(ifNoneMatch),
    ifNoneExist: textOf(ifNoneExist),
    resource: isObject(resource) ? resource : undefined,
    at,
  };
}
