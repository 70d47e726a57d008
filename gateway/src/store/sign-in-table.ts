import type { Row } from './database';
import type { KeptDatabase } from './kept-database';
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

/** How long something is kept. */
interface Keep {
  readonly seconds: number;
  readonly links?: SignInLinks;
}

/** What passes: sessions, codes, tokens, grants, attempts. Ids are bearer secrets: they are stored as HMAC only, values sealed. */
export interface SignInTable {
  find(kind: string, id: string): Promise<Value | undefined>;
  findByUid(kind: string, uid: string): Promise<Value | undefined>;
  /** What an account holds, in no order. */
  listAccount(accountId: string): Promise<readonly { readonly kind: string; readonly value: Value }[]>;
  save(kind: string, id: string, value: Value, keep: Keep): Promise<void>;
  /**
   * Makes a value of the one before, or of nothing, and of nothing else: where another gateway changes it meanwhile, `next` is asked again. What
   * `next` throws goes through, and nothing is changed. Links of a value that is there stay.
   */
  change(kind: string, id: string, next: (before: Value | undefined) => Value, keep: Keep): Promise<void>;
  /** Finds and removes: of many who take one at once, one gets it. */
  take(kind: string, id: string): Promise<Value | undefined>;
  remove(kind: string, id: string): Promise<void>;
  /** Everything that came from a grant. */
  removeGrant(grantId: string): Promise<void>;
  /** Everything that an account holds: sessions, grants, codes and tokens. */
  removeAccount(accountId: string): Promise<void>;
}

/** How often what is over is removed; nothing finds it meanwhile. */
const sweepMs = 60_000;

export function newSignInTable(kept: KeptDatabase, key: LocalKey): SignInTable {
  const nameOf = (kind: string, id: string): string => key.name('sign-in', JSON.stringify([kind, id]));
  const linkOf = (kind: string, id: string | undefined): string | null => (id === undefined ? null : nameOf(kind, id));
  const seal = (kind: string, name: string, value: Value): Uint8Array =>
    key.seal(placeOf({ kind, name }), Buffer.from(JSON.stringify(value)));
  const openRow = (row: Row): Value => JSON.parse(Buffer.from(key.open(placeOf(row), row.sealed as Uint8Array)).toString('utf8')) as Value;
  const open = (row: Row | undefined): Value | undefined => (row === undefined ? undefined : openRow(row));
  const findRow = async (kind: string, column: 'name' | 'uid', name: string): Promise<Row | undefined> =>
    (await kept.all(`SELECT kind, name, sealed FROM sign_in WHERE kind = ? AND ${column} = ? AND until > ?`, [kind, name, Date.now()]))[0];
  let sweptAt = 0;
  const sweep = async (): Promise<void> => {
    const now = Date.now();
    if (now - sweptAt < sweepMs) return;
    sweptAt = now;
    await kept.run('DELETE FROM sign_in WHERE until <= ?', [now]);
  };
  /** @param over the newest end of one that may be replaced */
  const put = async ({ kind, name }: Row, value: Value, { seconds, links = {} }: Keep, over: number): Promise<boolean> => {
    await sweep();
    const { grantId, uid, accountId } = links;
    const found = [linkOf('grant', grantId), linkOf('uid', uid), linkOf('account', accountId)];
    const [ofKind, ofName] = [String(kind), String(name)];
    const values = [ofKind, ofName, seal(ofKind, ofName, value), endOf(seconds), ...found, over];
    return (await kept.run(save, values)) === 1;
  };
  const removeLinked = async (column: 'permit' | 'account', link: string): Promise<void> => {
    await kept.run(`DELETE FROM sign_in WHERE ${column} = ?`, [link]);
  };
  return {
    find: async (kind, id) => open(await findRow(kind, 'name', nameOf(kind, id))),
    findByUid: async (kind, uid) => open(await findRow(kind, 'uid', nameOf('uid', uid))),
    listAccount: async (accountId) => {
      const rows = await kept.all(list, [nameOf('account', accountId), Date.now()]);
      return rows.map((row) => ({ kind: String(row.kind), value: openRow(row) }));
    },
    save: async (kind, id, value, keep) => {
      await put({ kind, name: nameOf(kind, id) }, value, keep, Number.MAX_SAFE_INTEGER);
    },
    change: async (kind, id, next, keep) => {
      const name = nameOf(kind, id);
      for (;;) {
        const row = await findRow(kind, 'name', name);
        const value = next(open(row));
        // Each sealing is another, so equal bytes say that nobody was faster.
        const isDone =
          row === undefined
            ? await put({ kind, name }, value, keep, Date.now())
            : (await kept.run(replace, [seal(kind, name, value), endOf(keep.seconds), kind, name, row.sealed as Uint8Array])) === 1;
        if (isDone) return;
      }
    },
    take: async (kind, id) => open((await kept.all(take, [kind, nameOf(kind, id), Date.now()]))[0]),
    remove: async (kind, id) => {
      await kept.run('DELETE FROM sign_in WHERE kind = ? AND name = ?', [kind, nameOf(kind, id)]);
    },
    removeGrant: (grantId) => removeLinked('permit', nameOf('grant', grantId)),
    removeAccount: (accountId) => removeLinked('account', nameOf('account', accountId)),
  };
}

const save = `
INSERT INTO sign_in (kind, name, sealed, until, permit, uid, account) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (kind, name) DO UPDATE SET sealed = excluded.sealed, until = excluded.until,
    permit = excluded.permit, uid = excluded.uid, account = excluded.account
  WHERE sign_in.until <= ?`;
const list = 'SELECT kind, name, sealed FROM sign_in WHERE account = ? AND until > ?';
const take = 'DELETE FROM sign_in WHERE kind = ? AND name = ? AND until > ? RETURNING kind, name, sealed';
const replace = 'UPDATE sign_in SET sealed = ?, until = ? WHERE kind = ? AND name = ? AND sealed = ?';

function endOf(seconds: number): number {
  return Date.now() + Math.ceil(seconds * 1000);
}

function placeOf({ kind, name }: Row): string {
  return `sign-in/${String(kind)}/${String(name)}`;
}
