import type { StatementSync } from 'node:sqlite';
import { decisionKey, type Decision, type Delivery, type MspId, type RelationRef, type RequestId } from '@medaccord/chaincode/model';
import type { Database, Row } from './database';
import { findEndedUpTo } from './ending';
import type { Applied, Facts } from './facts';
import type { RequestName } from './request-name';

/**
 * `newest` and `until` follow the relation's consent, so that what is due is found without looking at what is not; of a break-glass (`boxed`)
 * they are its own: its time box ends it, and no version of the consent. One whose consent a registrar ended is superseded likewise.
 */
export const heldTable = `
CREATE TABLE held (
  ref TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  until TEXT,
  boxed INTEGER NOT NULL,
  PRIMARY KEY (ref, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_superseded ON held (ref, id) WHERE newest > version;
CREATE INDEX held_until ON held (until) WHERE until IS NOT NULL;`;

/** The copies that this organisation was delivered and has not deleted. */
export class HeldReleases {
  readonly #facts: Pick<Facts, 'findKey' | 'findConsent' | 'list'>;
  readonly #mspId: string;
  readonly #hold: StatementSync;
  readonly #follow: StatementSync;
  readonly #end: StatementSync;
  readonly #drop: StatementSync;
  readonly #due: StatementSync;
  readonly #nextEnd: StatementSync;

  /** @param mspId this organisation */
  constructor(database: Database, facts: Pick<Facts, 'findKey' | 'findConsent' | 'list'>, mspId: string) {
    this.#facts = facts;
    this.#mspId = mspId;
    this.#hold = database.prepare('INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?, ?, ?)');
    this.#follow = database.prepare('UPDATE held SET newest = ?, until = ? WHERE ref = ? AND boxed = 0');
    this.#end = database.prepare('UPDATE held SET newest = version + 1 WHERE ref = ? AND boxed = 0 AND version <= ? AND newest <= version');
    this.#drop = database.prepare('DELETE FROM held WHERE ref = ? AND id = ?');
    this.#due = database.prepare('SELECT ref, id FROM held WHERE newest > version UNION SELECT ref, id FROM held WHERE until <= ?');
    this.#nextEnd = database.prepare('SELECT min(until) AS next FROM held WHERE until > ?');
  }

  /** Follows an entry of the ledger: what this organisation was delivered is held from its first part to its deletion. */
  keep({ type, ref, value }: Applied): void {
    if (type === 'consent') this.#follow.run(value.version, value.validity?.until ?? null, ref);
    else if (type === 'consent-end') this.#end.run(ref, value.version);
    else if (type === 'delivery') this.#keepDelivery(value);
    else if (type === 'deletion' && value.of === 'release') this.#drop.run(ref, idOf(value));
  }

  #keepDelivery(delivery: Delivery): void {
    const { relationRef, requester, requestId } = delivery;
    if (requester !== this.#mspId) return;
    const decision = this.#facts.findKey<Decision>(decisionKey(relationRef, requester, requestId))?.value;
    const newest = this.#facts.findConsent(relationRef)?.signed.value;
    if (decision === undefined || newest === undefined) return;
    const { consentVersion, breakGlass } = decision;
    const version = consentVersion ?? 1;
    const follows = breakGlass === undefined ? [newest.version, newest.validity?.until ?? null, 0] : [version, breakGlass.until, 1];
    this.#hold.run(relationRef, idOf(delivery), version, ...follows);
    this.#end.run(relationRef, findEndedUpTo(this.#facts, relationRef));
  }

  /** Copies whose version of the consent is not the newest any more, or whose validity or time box is over at `now`. */
  listSuperseded(now: string): readonly RequestName[] {
    return (this.#due.all(now) as Row[]).map(({ ref, id }) => {
      const [requester, requestId] = String(id).split('/');
      return { relationRef: String(ref) as RelationRef, requester: requester as MspId, requestId: requestId as RequestId };
    });
  }

  /** When the next validity or time box ends after `now`. */
  nextEnd(now: string): string | undefined {
    const { next } = this.#nextEnd.get(now) as Row;
    return typeof next === 'string' ? next : undefined;
  }
}

function idOf({ requester, requestId }: Pick<RequestName, 'requester' | 'requestId'>): string {
  return `${requester}/${requestId}`;
}
