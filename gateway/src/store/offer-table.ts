import { formatCanonical, type CoverageDocument, type Instant } from '@medaccord/chaincode/model';
import type { Row } from './database';
import type { KeptDatabase } from './kept-database';
import type { LocalKey } from './local-key';

export const offerTable = `
CREATE TABLE coverage_offer (
  coverage_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  ref TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (coverage_id, version)
) STRICT;
CREATE INDEX offer_ref ON coverage_offer (ref);`;

/** Terms that this insurer offers to a patient and that she has not signed yet. */
export interface CoverageOffer {
  readonly version: number;
  readonly document: CoverageDocument;
  readonly offeredAt: Instant;
}

export interface OfferStore {
  /** Takes the place of an offer for the same version. */
  put(offer: CoverageOffer): Promise<void>;
  find(coverageId: string, version: number): Promise<CoverageOffer | undefined>;
  list(relationRef: string): Promise<readonly CoverageOffer[]>;
  remove(coverageId: string, version: number): Promise<void>;
}

/** Offers in the gateway's kept tables; which plan somebody has is sealed. */
export function newOfferStore(kept: KeptDatabase, key: LocalKey): OfferStore {
  const placeOf = (coverageId: string, version: number): string => `coverage-offer/${coverageId}/${String(version)}`;
  const parse = (row: Row): CoverageOffer => {
    const place = placeOf(String(row.coverage_id), Number(row.version));
    return JSON.parse(Buffer.from(key.open(place, row.sealed as Uint8Array)).toString('utf8')) as CoverageOffer;
  };
  return {
    put: async (offer) => {
      const { version, document } = offer;
      const { coverageId, relationRef } = document;
      const sealed = key.seal(placeOf(coverageId, version), Buffer.from(formatCanonical(offer)));
      await kept.run(putOffer, [coverageId, version, relationRef, sealed]);
      await kept.sync();
    },
    find: async (coverageId, version) => {
      const [row] = await kept.all('SELECT * FROM coverage_offer WHERE coverage_id = ? AND version = ?', [coverageId, version]);
      return row === undefined ? undefined : parse(row);
    },
    list: async (relationRef) =>
      (await kept.all('SELECT * FROM coverage_offer WHERE ref = ? ORDER BY coverage_id, version', [relationRef])).map(parse),
    remove: async (coverageId, version) => {
      await kept.run('DELETE FROM coverage_offer WHERE coverage_id = ? AND version = ?', [coverageId, version]);
    },
  };
}

const putOffer = `
INSERT INTO coverage_offer (coverage_id, version, ref, sealed) VALUES (?, ?, ?, ?)
  ON CONFLICT (coverage_id, version) DO UPDATE SET ref = excluded.ref, sealed = excluded.sealed`;
