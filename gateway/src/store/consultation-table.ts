import type { Consultation } from '@medaccord/chaincode/model';
import type { Database, Row } from './database';
import type { Sync } from './syncer';

export const consultationTable = `
CREATE TABLE consultation (
  id TEXT PRIMARY KEY,
  ref TEXT NOT NULL,
  role TEXT NOT NULL,
  purpose TEXT,
  at TEXT NOT NULL
) STRICT;`;

/** A look at a consent that is not on the ledger yet. */
export type KeptConsultation = Pick<Consultation, 'relationRef' | 'consultationId' | 'role' | 'purpose' | 'consultedAt'>;

/** Looks at consents on their way to the ledger; they survive every restart. */
export interface ConsultationStore {
  /** Resolves when it survives a power failure, too. */
  put(consultation: KeptConsultation): Promise<void>;
  /** Oldest first. */
  list(): readonly KeptConsultation[];
  remove(consultationIds: readonly string[]): void;
}

export function newConsultationStore(database: Database, sync: Sync): ConsultationStore {
  const put = database.prepare('INSERT INTO consultation VALUES (?, ?, ?, ?, ?)');
  const list = database.prepare('SELECT * FROM consultation ORDER BY at, id');
  const remove = database.prepare('DELETE FROM consultation WHERE id = ?');
  return {
    put: async ({ consultationId, relationRef, role, purpose, consultedAt }) => {
      put.run(consultationId, relationRef, role, purpose, consultedAt);
      await sync();
    },
    list: () =>
      (list.all() as Row[]).map(({ id, ref, role, purpose, at }) => ({
        consultationId: String(id) as Consultation['consultationId'],
        relationRef: String(ref) as Consultation['relationRef'],
        role: String(role) as Consultation['role'],
        purpose: purpose as Consultation['purpose'],
        consultedAt: String(at) as Consultation['consultedAt'],
      })),
    remove: (consultationIds) => {
      for (const id of consultationIds) remove.run(id);
    },
  };
}
