import type { ExportScope } from './export-source';

/** A file of an export. */
export interface ExportFile {
  readonly name: string;
  readonly kind: 'output' | 'deleted' | 'error';
  /** Of what is in it. */
  readonly type: string;
  readonly count: number;
}

/** An export as it is kept: all that a later run of the gateway needs to go on with it. */
export interface ExportJob<Request extends ExportScope, Place> {
  readonly exportId: string;
  /** Who started it; it is nobody else's. */
  readonly owner: string;
  /** The address that was asked. */
  readonly url: string;
  readonly request: Request;
  /** Everything that was written until then is in it. */
  readonly transactionTime: string;
  readonly state: 'running' | 'done';
  /** Types that are done. */
  readonly typesDone: number;
  /** Up to where the type at work is written. */
  readonly after: Place | null;
  readonly files: readonly ExportFile[];
  /** When it is forgotten, in milliseconds since the epoch. */
  readonly expiresAt: number;
}
