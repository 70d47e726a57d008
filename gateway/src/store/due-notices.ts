import type { StatementSync } from 'node:sqlite';
import type { ConsentEntry, Instant, RelationEntry } from '@medaccord/chaincode/model';
import type { Database, Row } from './database';
import { findEndedUpTo } from './ending';
import type { Facts } from './facts';

/** A version of an assisted consent that the patient has to be told of before it counts. */
export interface DueNotice {
  readonly relationRef: string;
  readonly version: number;
  readonly recordedAt: Instant;
  /** It counts no earlier, and no earlier than the delay of the rules after the notice. */
  readonly validFrom: Instant;
}

export const witnessedIndex =
  "CREATE INDEX fact_witnessed ON fact (block) WHERE type = 'consent' AND json_extract(value, '$.witness') IS NOT NULL;";

/** The notices that this organisation has to give, as the custodian. */
export class DueNotices {
  readonly #facts: Pick<Facts, 'find' | 'list'>;
  readonly #mspId: string;
  readonly #due: StatementSync;

  constructor(database: Database, facts: Pick<Facts, 'find' | 'list'>, mspId: string) {
    this.#facts = facts;
    this.#mspId = mspId;
    this.#due = database.prepare(`
SELECT c.value FROM fact c JOIN consent_head h ON h.ref = c.ref AND h.signed = c.ordinal AND h.newest = h.signed
  LEFT JOIN fact n ON n.type = 'consent-notice' AND n.ref = c.ref AND n.id = c.id
  WHERE c.type = 'consent' AND json_extract(c.value, '$.witness') IS NOT NULL AND n.ref IS NULL ORDER BY c.block`);
  }

  /** Oldest first; none for what is over at `now` or was ended. */
  list(now: Instant): readonly DueNotice[] {
    return this.#due.all().flatMap((row) => {
      const { relationRef, version, recordedAt, validity } = JSON.parse(String((row as Row).value)) as ConsentEntry;
      const isOwn = this.#facts.find<RelationEntry>('relation', relationRef)?.value.custodian === this.#mspId;
      if (!isOwn || validity === null || validity.until <= now || findEndedUpTo(this.#facts, relationRef) >= version) return [];
      return [{ relationRef, version, recordedAt, validFrom: validity.from }];
    });
  }
}
