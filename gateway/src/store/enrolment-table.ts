import type { EnrolmentStore } from '../identity/staff-identities';
import type { KeptDatabase } from './kept-database';
import type { LocalKey } from './local-key';

export const enrolmentTable = `
CREATE TABLE enrolment (
  person TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  certificate TEXT NOT NULL,
  private_key BLOB NOT NULL
) STRICT;`;

/** Staff enrolments in the gateway's kept tables: people by HMAC, private keys sealed. */
export function newEnrolmentStore(kept: KeptDatabase, key: LocalKey): EnrolmentStore {
  const nameOf = ({ subject, role }: { subject: string; role: string }): string => key.name('staff', JSON.stringify([subject, role]));
  return {
    find: async (staff) => {
      const [row] = await kept.all('SELECT name, certificate, private_key FROM enrolment WHERE person = ?', [nameOf(staff)]);
      if (row === undefined) return undefined;
      const name = String(row.name);
      const privateKey = Buffer.from(key.open(`enrolment/${name}`, row.private_key as Uint8Array)).toString('utf8');
      return { name, certificate: String(row.certificate), privateKey };
    },
    save: async (staff, { name, certificate, privateKey }) => {
      const sealed = key.seal(`enrolment/${name}`, Buffer.from(privateKey));
      await kept.run(saveEnrolment, [nameOf(staff), name, certificate, sealed]);
    },
  };
}

const saveEnrolment = `
INSERT INTO enrolment (person, name, certificate, private_key) VALUES (?, ?, ?, ?)
  ON CONFLICT (person) DO UPDATE SET name = excluded.name, certificate = excluded.certificate, private_key = excluded.private_key`;
