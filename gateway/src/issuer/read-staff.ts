import type { JWTPayload } from 'jose';
import { parseNames, parseReach, readGrant, type Staff } from '../auth';
import type { TrustedIssuer } from '../config';
import { newError } from '../problem';

type Claim = TrustedIssuer['claims']['role'];

/**
 * Who holds an external issuer's token, as what. What the claims do not say clearly is refused, never guessed.
 * @throws CodedError TOKEN_INVALID
 */
export function readStaff(trusted: TrustedIssuer, payload: JWTPayload): Staff {
  const { name, claims, services } = trusted;
  const clientId = readWord(payload, claims.clientId);
  if (clientId === undefined) throw invalid('names no client');
  const scope = listWords(payload, claims.scope).join(' ');
  const service = Object.hasOwn(services, clientId) ? services[clientId] : undefined;
  if (service !== undefined) {
    const names = parseNames({ person: `${name}:client:${clientId}`, role: service, department: null, teams: null });
    return { role: service, ...names, reach: null, grant: readGrant(scope, 'system') };
  }
  const userName = readWord(payload, claims.userName);
  // The colon stands between the issuer's name and the person's.
  if (userName === undefined || userName.includes(':')) throw invalid('names nobody, or with a colon');
  const role = readRole(trusted, payload);
  const department = claims.department === undefined ? null : (readWord(payload, claims.department) ?? null);
  const teams = claims.teams === undefined ? null : listWords(payload, claims.teams);
  const names = parseNames({ person: `${name}:${userName}`, role, department, teams });
  return { role, ...names, reach: readReach(trusted, payload, role), grant: readGrant(scope, 'user') };
}

/** Values that stand for no role here are of other applications; of those that do there must be one. */
function readRole({ claims, roles }: TrustedIssuer, payload: JWTPayload): Staff['role'] {
  const found = new Set(listWords(payload, claims.role).flatMap((value) => (Object.hasOwn(roles, value) ? (roles[value] ?? []) : [])));
  const [role] = found;
  if (role === undefined) throw invalid('names no role that is known here');
  if (found.size > 1) throw invalid('names more than one role');
  return role;
}

/** Nobody is limited by a token that names no department. */
function readReach({ claims }: TrustedIssuer, payload: JWTPayload, role: Staff['role']): Staff['reach'] {
  const departments = claims.reach === undefined ? [] : listWords(payload, claims.reach);
  return parseReach(role, departments.length === 0 ? null : departments);
}

/** One text, or a list of one, as directories write it; nothing where there is no such claim. */
function readWord(payload: JWTPayload, claim: Claim): string | undefined {
  const [word, ...more] = listWords(payload, claim);
  if (more.length > 0) throw invalid(`has several values where one is expected: ${[claim].flat().join('.')}`);
  return word;
}

function listWords(payload: JWTPayload, claim: Claim): string[] {
  const found = [claim].flat().reduce<unknown>((value, name) => readOwn(value, name), payload);
  const words = [found ?? []].flat();
  if (words.every((word) => typeof word === 'string' && word !== '')) return words as string[];
  throw invalid(`has no text where one is expected: ${[claim].flat().join('.')}`);
}

function readOwn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function invalid(reason: string): Error {
  return newError('TOKEN_INVALID', `The bearer token ${reason}`);
}
