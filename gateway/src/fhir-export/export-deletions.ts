import { setImmediate as yieldTurn } from 'node:timers/promises';
import { formatJson } from '../fhir';
import type { Place, Store } from '../store';
import type { ExportRequest } from './export-request';

const atOnce = 500;
const perBundle = 100;

/**
 * What of a type was deleted since the instant that the request names, as lines of transaction bundles (Bulk Data Access 2.0, `deleted`). Without that
 * instant there is nothing to tell: whoever has no copy needs to delete none.
 */
export async function listDeletions(
  { index, changes }: Pick<Store, 'index' | 'changes'>,
  request: ExportRequest,
  type: string,
): Promise<string[]> {
  const { since, level } = request;
  if (since === undefined) return [];
  const references: string[] = [];
  let after: Place | undefined;
  for (;;) {
    const { changes: page, next } = changes.list({ type, since, after, most: atOnce });
    for (const { recordId, version } of page) {
      const record = version === 0 ? index.find(recordId) : undefined;
      if (record !== undefined && (level === 'system' || record.subjectRef !== null)) references.push(`${type}/${record.id}`);
    }
    if (next === undefined) return bundleAll(references);
    after = next;
    await yieldTurn();
  }
}

function bundleAll(references: readonly string[]): string[] {
  return Array.from({ length: Math.ceil(references.length / perBundle) }, (_, at) => {
    const entry = references.slice(at * perBundle, (at + 1) * perBundle).map((url) => ({ request: { method: 'DELETE', url } }));
    return formatJson({ resourceType: 'Bundle', type: 'transaction', entry });
  });
}
