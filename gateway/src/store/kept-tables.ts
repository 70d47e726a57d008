import { beneficiaryTable } from './beneficiary-table';
import { consultationTable } from './consultation-table';
import { enrolmentTable } from './enrolment-table';
import { importTable } from './import-table';
import { intentTable } from './intent-table';
import type { KeptDatabase } from './kept-database';
import { leaseTable } from './leases';
import type { LocalKey } from './local-key';
import { offerTable } from './offer-table';
import { outboxTable, severalAtOnePlace } from './outbox';
import { receivedTable } from './received-table';
import { responseTable } from './response-table';
import { subscriptionTable } from './subscription-table';

const keeperTable = 'CREATE TABLE keeper (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL) STRICT;';

/** The kept tables of the gateway, in the order in which they came; only ever appended to. */
export const keptTables: readonly string[] = [
  [intentTable, responseTable, importTable, enrolmentTable, outboxTable].join('\n'),
  severalAtOnePlace,
  consultationTable,
  '',
  '',
  // What is found by looking into records has a file of its own, which may be deleted.
  `${['identifier', 'record', 'listed', 'change'].map((table) => `DROP TABLE IF EXISTS ${table};`).join(' ')} ${keeperTable}`,
  `${leaseTable} ${['intent', 'response', 'import'].map((table) => `ALTER TABLE ${table} ADD COLUMN holder TEXT;`).join(' ')}`,
  offerTable,
  receivedTable,
  beneficiaryTable,
  subscriptionTable,
];

/**
 * The tables are of one organisation and one local key: with another key no repeat would be recognised, and nothing could be opened.
 * @throws Error when they are another's
 */
export async function claimKept(kept: KeptDatabase, key: LocalKey, mspId: string): Promise<void> {
  const name = key.name('keeper', mspId);
  await kept.run('INSERT INTO keeper VALUES (1, ?) ON CONFLICT DO NOTHING', [name]);
  const [row] = await kept.all('SELECT name FROM keeper');
  if (row?.name !== name)
    throw new Error("The gateway's database belongs to another organisation, or to another local.key; name the right ones");
}
