import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { z } from 'zod';
import type { Config, LogLevel } from './config';
import { logLevels, unknownProfiles } from './config';
import { ConfigError } from './config-error';
import type { ConnectionDocument } from './connection-document';
import { connectionDocument } from './connection-document';
import { issuersDocument, type IssuersDocument } from './issuers-document';
import { loadService } from './load-service';
import { parseBound, parseWhole, type Environment } from './parse-bound';
import { variables } from './variables';

/**
 * Reads the environment and the connection document it names.
 * @throws ConfigError with every problem found
 */
export function loadConfig(env: Environment = process.env): Config {
  const problems: string[] = findUnknownVariables(env);
  const connection = loadConnection(env.MEDACCORD_CONNECTION, problems);
  const port = parseWhole(env, { name: 'MEDACCORD_LISTEN_PORT', least: 0, most: 65535 }, problems);
  const maxImportBytes = parseBound(env, { name: 'MEDACCORD_MAX_IMPORT_BYTES', least: 1024, most: 268_435_456 }, 33_554_432, problems);
  const staleAfterMs = parseBound(env, { name: 'MEDACCORD_STALE_AFTER_MS', least: 1000, most: 3_600_000 }, 15_000, problems);
  const heightsWithinMs = parseBound(env, { name: 'MEDACCORD_HEIGHTS_WITHIN_MS', least: 1000, most: 600_000 }, 10_000, problems);
  const auditAnchorMs = parseBound(env, { name: 'MEDACCORD_AUDIT_ANCHOR_MS', least: 10_000, most: 86_400_000 }, 600_000, problems);
  const openWritesPerMinute = parseBound(env, { name: 'MEDACCORD_OPEN_WRITES_PER_MINUTE', least: 1, most: 1_000_000 }, 600, problems);
  const passwordCost = parsePasswordCost(env, problems);
  const logLevel = parseLogLevel(env, problems);
  const profiles = parseProfiles(env, problems);
  const issuers = loadIssuers(env.MEDACCORD_ISSUERS, problems);
  const databaseUrl = parseDatabaseUrl(env, problems);
  const service = loadService(env, problems);
  if (connection === undefined || problems.length > 0) throw new ConfigError(problems);
  const data = env.MEDACCORD_DATA ?? connection.data;
  return freeze({
    connection,
    listen: { host: env.MEDACCORD_LISTEN_HOST ?? connection.listen.host, port: port ?? connection.listen.port },
    data,
    keys: env.MEDACCORD_KEYS ?? join(data, 'keys'),
    databaseUrl,
    logLevel,
    maxImportBytes,
    staleAfterMs,
    heightsWithinMs,
    auditAnchorMs,
    openWritesPerMinute,
    passwordCost,
    issuers,
    profiles,
    service,
  });
}

function findUnknownVariables(env: Environment): string[] {
  const known = new Set<string>(variables.map(({ name }) => name));
  return Object.keys(env)
    .filter((name) => name.startsWith('MEDACCORD_') && !name.startsWith('MEDACCORD_WALLET_') && !known.has(name))
    .map((name) => `${name} is not a variable of the gateway; it knows ${[...known].join(', ')}`);
}

function loadConnection(path: string | undefined, problems: string[]): ConnectionDocument | undefined {
  if (path === undefined || path === '') {
    problems.push('MEDACCORD_CONNECTION is not set; give it the path of the connection.json of this organisation');
    return undefined;
  }
  const document = readDocument(path, connectionDocument, problems);
  if (document !== undefined) problems.push(...findConnectionProblems(path, document));
  return document;
}

function loadIssuers(path: string | undefined, problems: string[]): IssuersDocument | undefined {
  if (path === undefined || path === '') return undefined;
  const document = readDocument(path, issuersDocument, problems);
  for (const { name, introspection } of document?.issuers ?? [])
    if (introspection !== undefined && statSync(introspection.secretFile, { throwIfNoEntry: false })?.isFile() !== true)
      problems.push(`${path}: issuers: ${name}: introspection.secretFile: cannot be read`);
  return document;
}

/** A document of that shape; else its problems are added. */
function readDocument<T>(path: string, shape: z.ZodType<T>, problems: string[]): T | undefined {
  const json = readJson(path, problems);
  if (json === undefined) return undefined;
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  problems.push(...parsed.error.issues.map((issue) => `${path}: ${issue.path.join('.') || 'document'}: ${issue.message}`));
  return undefined;
}

function findConnectionProblems(path: string, document: ConnectionDocument): string[] {
  const own = document.organisation.mspId;
  const problems: string[] = [];
  if (document.peers[0]?.mspId !== own) problems.push(`${path}: peers.0: the first peer must be of ${own}, the organisation itself`);
  if (!document.members.some((member) => member.mspId === own)) problems.push(`${path}: members: ${own} itself is missing`);
  if (!isAbsolute(document.data)) problems.push(`${path}: data: must be an absolute path`);
  return problems;
}

function readJson(path: string, problems: string[]): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    problems.push(`${path}: ${reason}`);
    return undefined;
  }
}

/** Never less than OWASP's least for Argon2id. */
function parsePasswordCost(env: Environment, problems: string[]): Config['passwordCost'] {
  return {
    memoryKiB: parseBound(env, { name: 'MEDACCORD_PASSWORD_MEMORY_KIB', least: 19_456, most: 1_048_576 }, 19_456, problems),
    passes: parseBound(env, { name: 'MEDACCORD_PASSWORD_PASSES', least: 2, most: 16 }, 2, problems),
  };
}

function parseLogLevel(env: Environment, problems: string[]): LogLevel {
  const value = env.MEDACCORD_LOG_LEVEL ?? 'info';
  const level = logLevels.find((known) => known === value);
  if (level !== undefined) return level;
  problems.push(`MEDACCORD_LOG_LEVEL must be one of ${logLevels.join(', ')}`);
  return 'info';
}

function parseProfiles(env: Environment, problems: string[]): Config['profiles'] {
  const folder = env.MEDACCORD_PROFILES;
  const word = env.MEDACCORD_UNKNOWN_PROFILES ?? 'ignore';
  const unknown = unknownProfiles.find((known) => known === word);
  if (unknown === undefined) problems.push(`MEDACCORD_UNKNOWN_PROFILES must be one of ${unknownProfiles.join(', ')}`);
  if (folder === undefined || folder === '') return undefined;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) problems.push('MEDACCORD_PROFILES must be the path of a folder');
  return { folder, unknown: unknown ?? 'ignore' };
}

/** The address may hold a password: no problem repeats it. */
function parseDatabaseUrl(env: Environment, problems: string[]): string | undefined {
  const url = env.MEDACCORD_DATABASE_URL;
  if (url === undefined || url === '') return undefined;
  if (/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? '')) return url;
  problems.push('MEDACCORD_DATABASE_URL must be the address of a PostgreSQL database: postgresql://USER@HOST:PORT/DATABASE');
  return undefined;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
