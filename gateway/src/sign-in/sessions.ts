import type { SignInTable } from '../store';

/** One sign-in of a person, with the applications that it served; or what an application may still do when that is over. */
export interface Session {
  readonly id: string;
  readonly clientIds: readonly string[];
  /** Milliseconds; it counts as used whenever an application gets a token by it. */
  readonly since: number;
  readonly usedAt: number;
}

/** As the provider keeps them; times in seconds. */
interface KeptSession {
  readonly jti: string;
  readonly uid: string;
  readonly loginTs: number;
  readonly authorizations?: Readonly<Record<string, { readonly grantId?: string }>>;
}

interface KeptGrant {
  readonly jti: string;
  readonly clientId: string;
  readonly iat: number;
}

interface KeptToken {
  readonly grantId?: string;
  readonly iat: number;
  readonly consumed?: number;
}

type Listed = Session & { readonly grantIds: readonly string[]; readonly session?: string };

/** What is open in a person's name, the newest first. */
export async function listSessions(signIns: SignInTable, userName: string): Promise<readonly Session[]> {
  return (await list(signIns, userName)).toSorted((a, b) => b.since - a.since);
}

/** Ends one of hers, and every token that came of it; what is none of hers stays. */
export async function endSession(signIns: SignInTable, userName: string, id: string): Promise<void> {
  const found = (await list(signIns, userName)).find((one) => one.id === id);
  if (found?.session !== undefined) await signIns.remove('Session', found.session);
  for (const grantId of found?.grantIds ?? []) await signIns.removeGrant(grantId);
}

async function list(signIns: SignInTable, userName: string): Promise<readonly Listed[]> {
  const held = await signIns.listAccount(userName);
  const read = <T>(...kinds: readonly string[]): T[] => held.filter(({ kind }) => kinds.includes(kind)).map(({ value }) => value as T);
  const tokens = read<KeptToken>('AccessToken', 'RefreshToken');
  const grants = read<KeptGrant>('Grant');
  const usedAt = (since: number, grantIds: readonly string[]): number =>
    Math.max(since, ...tokens.filter(({ grantId = '' }) => grantIds.includes(grantId)).map(({ iat }) => iat)) * 1000;
  const sessions = read<KeptSession>('Session').map(({ jti, uid, loginTs, authorizations = {} }): Listed => {
    const known = grants.filter((grant) => Object.values(authorizations).some(({ grantId }) => grantId === grant.jti));
    const grantIds = known.map((grant) => grant.jti);
    const clientIds = known.map(({ clientId }) => clientId);
    return { id: uid, session: jti, clientIds, grantIds, since: loginTs * 1000, usedAt: usedAt(loginTs, grantIds) };
  });
  const served = sessions.flatMap(({ grantIds }) => grantIds);
  const isLive = ({ jti }: KeptGrant): boolean => tokens.some(({ grantId, consumed }) => grantId === jti && consumed === undefined);
  const rest = grants
    .filter((grant) => !served.includes(grant.jti) && isLive(grant))
    .map(({ jti, clientId, iat }): Listed => {
      return { id: jti, clientIds: [clientId], grantIds: [jti], since: iat * 1000, usedAt: usedAt(iat, [jti]) };
    });
  return [...sessions, ...rest];
}
