import type { EnrolmentStore } from '../identity/staff-identities';
import type { Database, Row } from './database';
import type { LocalKey } from './local-key';

export const enrolmentTable = `
CREATE TABLE enrolment (
  person TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  certificate TEXT NOT NULL,
  private_key BLOB NOT NULL
) STRICT;`;

/** Staff enrolments in the gateway's database: people by HMAC, private keys sealed. */
export function newEnrolmentStore(database: Database, key: LocalKey): EnrolmentStore {
  const find = database.prepare('SELECT name, certificate, private_key FROM enrolment WHERE person = ?');
  const save = database.prepare('INSERT OR REPLACE INTO enrolment (person, name, certificate, private_key) VALUES (?, ?, ?, ?)');
  const nameOf = ({ subject, role }: { subject: string; role: string }): string => key.name('staff', JSON.stringify([subject, role]));
  return {
    find: (staff) => {
      const row = find.get(nameOf(staff)) as Row | undefined;
      if (row === undefined) return undefined;
      const name = String(row.name);
      const privateKey = Buffer.from(key.open(`enrolment/${name}`, row.private_key as Uint8Array)).toString('utf8');
      return { name, certificate: String(row.certificate), privateKey };
    },
    save: (staff, { name, certificate, privateKey }) => {
      save.run(nameOf(staff), name, certificate, key.seal(`enrolment/${name}`, Buffer.from(privateKey)));
    },
  };
}
