import {
  closingKey,
  consentKey,
  isSameStatement,
  parseClosing,
  parseConsentEntry,
  trustConsent,
  type ConsentEntry,
  type RelationEntry,
  type Signed,
} from '../model';
import type { StoredConsent } from '../consent';
import type { Ledger } from '../ledger';
import { statementVerifier } from '../signature';

// Whether a relation is closed is asked of its markers, not of all its versions (docs/adr/0009-a-closing-has-a-marker.md).

/** What the markers of a relation say. */
export interface ClosingSearch {
  /** The closing version that a marker names; undefined when none does. */
  readonly version: number | undefined;
  /** Where `version` is undefined: the first number that no marker ever had. */
  readonly free: number;
}

/**
 * Looks for a marker of a closing at or before a version. It counts when the patient's closing was ever recorded at the version that it names:
 * whatever stands there now, and where the marker stood. Anything else stops its number only. Without such junk one key is looked at.
 */
export async function findClosing(ledger: Ledger, relation: RelationEntry, upTo: number): Promise<ClosingSearch> {
  for (let number = 1; ; number += 1) {
    const key = closingKey(relation.relationRef, number);
    // Read for the conflict check; believed is what was ever written there.
    await ledger.readOrJunk(key, parseClosing);
    const written = await ledger.history(key, parseClosing);
    if (written.length === 0) return { version: undefined, free: number };
    for (const marker of written) {
      if (marker === 'junk' || marker.version > upTo) continue;
      const signed = await tracedConsentsOf(ledger, relation, marker.version);
      if (signed.some(({ status }) => status === 'closed')) return { version: marker.version, free: number };
    }
  }
}

/** What stands at a statement's version. A closing stands once it was recorded there, whatever others wrote over it. */
export async function standingConsentOf(ledger: Ledger, relation: RelationEntry, signed: Signed<'consent'>): Promise<StoredConsent> {
  const { version, status } = signed.payload;
  const stored = await ledger.readOrJunk(consentKey(relation.relationRef, version), parseConsentEntry);
  const recorded = status === 'closed' ? await tracedConsentsOf(ledger, relation, version) : [];
  return recorded.find(({ jws }) => isSameStatement(jws, signed.jws)) ?? stored;
}

/** Whatever the patient herself signed that ever stood at a version, from the history: no delegate closes. */
async function tracedConsentsOf(ledger: Ledger, relation: RelationEntry, version: number): Promise<readonly ConsentEntry[]> {
  const entries = await ledger.trace(consentKey(relation.relationRef, version), parseConsentEntry);
  return entries.filter((entry) => entry.version === version).flatMap((entry) => trustConsent(entry, relation, statementVerifier) ?? []);
}
