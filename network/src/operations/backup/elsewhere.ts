import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Organisation } from '../../topology';
import { OperationsError } from '../operations-error';

const NOTE = /^elsewhere-[0-9a-f]+\.json$/;
const noteSchema = z.object({ folders: z.array(z.string()), database: z.string().optional() });

/** What the organisation's gateways keep outside of its folder, in words, as each of them says at its start. */
export function listElsewhere({ gatewayData }: Organisation): string[] {
  const notes = existsSync(gatewayData) ? readdirSync(gatewayData).filter((name) => NOTE.test(name)) : [];
  const places = notes.flatMap((name) => {
    const { folders, database } = noteSchema.parse(JSON.parse(readFileSync(join(gatewayData, name), 'utf8')));
    return [...folders, ...(database === undefined ? [] : [`the database ${database}`])];
  });
  return [...new Set(places)].sort();
}

/** An archive would look whole and would not be. @throws OperationsError BACKUP_INCOMPLETE */
export function assertNothingElsewhere({ name, gatewayData }: Organisation, elsewhere: readonly string[]): void {
  if (elsewhere.length === 0) return;
  const message = `A gateway of ${name} keeps elsewhere what cannot be rebuilt: ${elsewhere.join(', ')}.`;
  const hint =
    'Stop the gateway, repeat with --without-elsewhere, back that up by its own means, and start the gateway again. ' +
    `If it is kept there no more, remove the elsewhere-*.json in ${gatewayData}.`;
  throw new OperationsError('BACKUP_INCOMPLETE', message, hint);
}
