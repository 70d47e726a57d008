import type { KeptDatabase } from './kept-database';
import type { LocalKey } from './local-key';

export const beneficiaryTable = `
CREATE TABLE beneficiary (
  coverage_id TEXT PRIMARY KEY,
  ref TEXT NOT NULL,
  name TEXT NOT NULL
) STRICT;
CREATE INDEX coverage_of_beneficiary ON beneficiary (name);`;

interface Covered {
  readonly relationRef: string;
  readonly coverageId: string;
}

/** Which coverages are of one person, as the insurer's own people say: no ledger and no document tells. */
export interface BeneficiaryStore {
  /** @param number by which the insurer knows the person; kept as a keyed hash alone */
  put(coverage: Covered, number: string): Promise<void>;
  /** The name of whoever has a coverage; undefined where nobody said. */
  find(coverageId: string): Promise<string | undefined>;
  /** All coverages under a name. */
  list(name: string): Promise<readonly Covered[]>;
}

export function newBeneficiaryStore(kept: KeptDatabase, key: LocalKey): BeneficiaryStore {
  return {
    put: async ({ relationRef, coverageId }, number) => {
      await kept.run(putBeneficiary, [coverageId, relationRef, key.name('beneficiary', number)]);
      await kept.sync();
    },
    find: async (coverageId) => {
      const [row] = await kept.all('SELECT name FROM beneficiary WHERE coverage_id = ?', [coverageId]);
      return row === undefined ? undefined : String(row.name);
    },
    list: async (name) => {
      const rows = await kept.all('SELECT ref, coverage_id FROM beneficiary WHERE name = ? ORDER BY coverage_id', [name]);
      return rows.map((row) => ({ relationRef: String(row.ref), coverageId: String(row.coverage_id) }));
    },
  };
}

const putBeneficiary = `
INSERT INTO beneficiary (coverage_id, ref, name) VALUES (?, ?, ?)
  ON CONFLICT (coverage_id) DO UPDATE SET name = excluded.name`;
