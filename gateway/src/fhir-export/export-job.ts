import type { Place } from '../store';
import type { ExportRequest } from './export-request';

/** A file of an export: NDJSON, a line per resource. */
export interface ExportFile {
  readonly name: string;
  readonly kind: 'output' | 'deleted' | 'error';
  /** Of the resources in it. */
  readonly type: string;
  readonly count: number;
}

/** An export as it is kept: all that a later run of the gateway needs to go on with it. */
export interface ExportJob {
  readonly exportId: string;
  /** Who started it; it is nobody else's. */
  readonly owner: string;
  /** The address that was asked. */
  readonly url: string;
  readonly request: ExportRequest;
  /** Everything that was written until then is in it. */
  readonly transactionTime: string;
  readonly state: 'running' | 'done';
  /** Types that are done. */
  readonly typesDone: number;
  /** The last one that was written of the type at work. */
  readonly after: Place | null;
  readonly files: readonly ExportFile[];
  /** When it is forgotten, in milliseconds since the epoch. */
  readonly expiresAt: number;
}
