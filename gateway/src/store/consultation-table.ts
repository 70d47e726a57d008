import type { Consultation } from '@medaccord/chaincode/model';
import type { KeptDatabase } from './kept-database';

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
  list(): Promise<readonly KeptConsultation[]>;
  remove(consultationIds: readonly string[]): Promise<void>;
}

export function newConsultationStore(kept: KeptDatabase): ConsultationStore {
  return {
    put: async ({ consultationId, relationRef, role, purpose, consultedAt }) => {
      const values = [consultationId, relationRef, role, purpose, consultedAt];
      await kept.run('INSERT INTO consultation (id, ref, role, purpose, at) VALUES (?, ?, ?, ?, ?)', values);
      await kept.sync();
    },
    list: async () =>
      (await kept.all('SELECT * FROM consultation ORDER BY at, id')).map(({ id, ref, role, purpose, at }) => ({
        consultationId: String(id) as Consultation['consultationId'],
        relationRef: String(ref) as Consultation['relationRef'],
        role: String(role) as Consultation['role'],
        purpose: purpose as Consultation['purpose'],
        consultedAt: String(at) as Consultation['consultedAt'],
      })),
    remove: async (consultationIds) => {
      for (const id of consultationIds) await kept.run('DELETE FROM consultation WHERE id = ?', [id]);
    },
  };
}
