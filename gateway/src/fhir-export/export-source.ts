import { formatJson } from '../fhir';
import { toCodedError } from '../problem';
import type { ExportFile } from './export-job';

/** What an export names: each type is carried out after the one before. */
export interface ExportScope {
  readonly types: readonly string[];
}

/** Some of the type at work, a line each. */
export interface ExportPage<Place> {
  readonly lines: readonly string[];
  /** An OperationOutcome each for what cannot be read. */
  readonly errors: readonly string[];
  /** Where the next page begins; nothing when the type is done. */
  readonly after: Place | undefined;
}

/** What an exporter exports, and in which form. */
export interface ExportSource<Request extends ExportScope, Place> {
  /** @throws what may succeed later */
  readPage(job: { readonly request: Request; readonly after: Place | null }, type: string): Promise<ExportPage<Place>>;
  /** What is told of a type when it is done, in a file of its own. */
  listDeletions(request: Request, type: string): Promise<readonly string[]>;
  /** The text of a file with these lines. */
  formatFile(request: Request, kind: ExportFile['kind'], lines: readonly string[]): string;
}

/** Of these it is the ledger that cannot be reached, not the record that cannot be read. */
const passing = new Set(['unavailable', 'contention', 'uncertain']);

/** Whether what failed may succeed later. */
export function isPassing(error: unknown): boolean {
  return passing.has(toCodedError(error).category);
}

/** An OperationOutcome for what cannot be read. @param reference `Type/id` */
export function formatUnread(reference: string, error: unknown): string {
  const details = { coding: [{ system: 'urn:medaccord:error', code: toCodedError(error).code }] };
  const issue = { severity: 'error', code: 'exception', details, diagnostics: `${reference} cannot be read` };
  return formatJson({ resourceType: 'OperationOutcome', issue: [issue] });
}

/** NDJSON. */
export function formatLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
