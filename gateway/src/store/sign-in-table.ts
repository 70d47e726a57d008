import type { Database, Row } from './database';
import type { LocalKey } from './local-key';

export const signInTable = `
CREATE TABLE sign_in (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed BLOB NOT NULL,
  until INTEGER NOT NULL,
  permit TEXT,
  uid TEXT,
  account TEXT,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_until ON sign_in (until);
CREATE INDEX sign_in_permit ON sign_in (permit);
CREATE INDEX sign_in_uid ON sign_in (uid);
CREATE INDEX sign_in_account ON sign_in (account);`;

type Value = Readonly<Record<string, unknown>>;

/** By what else than its id something can be found. */
export interface SignInLinks {
  /** The id of the grant that it came from. */
  readonly grantId?: string | undefined;
  readonly uid?: string | undefined;
  readonly accountId?: string | undefined;
}

/** What passes: sessions, codes, tokens, grants, attempts. Ids are bearer secrets: they are stored as HMAC only, values sealed. */
export interface SignInTable {
  find(kind: string, id: string): Value | undefined;
  findByUid(kind: string, uid: string): Value | undefined;
  /** @param seconds how long it is kept */
  save(kind: string, id: string, value: Value, keep: { readonly seconds: number; readonly links?: SignInLinks }): void;
  remove(kind: string, id: string): void;
  /** Everything that came from a grant. */
  removeGrant(grantId: string): void;
  /** Everything that an account holds: sessions, grants, codes and tokens. */
  removeAccount(accountId: string): void;
}

export function newSignInTable(database: Database, key: LocalKey): SignInTable {
  const find = database.prepare('SELECT kind, name, sealed FROM sign_in WHERE kind = ? AND name = ? AND until > ?');
  const findUid = database.prepare('SELECT kind, name, sealed FROM sign_in WHERE kind = ? AND uid = ? AND until > ?');
  const save = database.prepare(
    'INSERT OR REPLACE INTO sign_in (kind, name, sealed, until, permit, uid, account) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM sign_in WHERE kind = ? AND name = ?');
  const removeGrant = database.prepare('DELETE FROM sign_in WHERE permit = ?');
  const removeAccount = database.prepare('DELETE FROM sign_in WHERE account = ?');
  const removeOld = database.prepare('DELETE FROM sign_in WHERE until <= ?');
  const nameOf = (kind: string, id: string): string => key.name('sign-in', JSON.stringify([kind, id]));
  const linkOf = (kind: string, id: string | undefined): string | null => (id === undefined ? null : nameOf(kind, id));
  const open = (row: Row | undefined): Value | undefined =>
    row === undefined ? undefined : (JSON.parse(Buffer.from(key.open(placeOf(row), row.sealed as Uint8Array)).toString('utf8')) as Value);
  return {
    find: (kind, id) => open(find.get(kind, nameOf(kind, id), Date.now())),
    findByUid: (kind, uid) => open(findUid.get(kind, nameOf('uid', uid), Date.now())),
    save: (kind, id, value, { seconds, links = {} }) => {
      const name = nameOf(kind, id);
      const sealed = key.seal(placeOf({ kind, name }), Buffer.from(JSON.stringify(value)));
      const { grantId, uid, accountId } = links;
      const now = Date.now();
      removeOld.run(now);
      save.run(kind, name, sealed, now + seconds * 1000, linkOf('grant', grantId), linkOf('uid', uid), linkOf('account', accountId));
    },
    remove: (kind, id) => void remove.run(kind, nameOf(kind, id)),
    removeGrant: (grantId) => void removeGrant.run(nameOf('grant', grantId)),
    removeAccount: (accountId) => void removeAccount.run(nameOf('account', accountId)),
  };
}

function placeOf({ kind, name }: Row): string {
  return `sign-in/${String(kind)}/${String(name)}`;
}
