import type { ConnectionDocument } from './connection-document';
import type { IssuersDocument } from './issuers-document';
import type { ServiceConfig } from './service-config';

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

export const unknownProfiles = ['ignore', 'refuse'] as const;
export type UnknownProfiles = (typeof unknownProfiles)[number];

/** Everything a running gateway was told, resolved once at start. */
export interface Config {
  readonly connection: Readonly<ConnectionDocument>;
  readonly listen: { readonly host: string; readonly port: number };
  readonly data: string;
  /** The folder of the organisation's keys and of the local key; gateways that share a database share it. */
  readonly keys: string;
  /** PostgreSQL for what cannot be rebuilt from the ledger; without it a file in the data folder. */
  readonly databaseUrl: string | undefined;
  readonly logLevel: LogLevel;
  /** Largest accepted body of an import, in bytes. */
  readonly maxImportBytes: number;
  /** Age of the last proven ledger height after which nothing is answered from the projection, in milliseconds. */
  readonly staleAfterMs: number;
  /** Age of other members' signed heights after which no consent check is answered, in milliseconds. */
  readonly heightsWithinMs: number;
  /** How often the root of the audit log is anchored, in milliseconds. */
  readonly auditAnchorMs: number;
  /** How often a minute one address may write without a token, by a patient's signature alone. */
  readonly openWritesPerMinute: number;
  /** What guessing a password costs: KiB of memory and passes of Argon2id. */
  readonly passwordCost: { readonly memoryKiB: number; readonly passes: number };
  /** External OpenID issuers whose access tokens count here; undefined: none. */
  readonly issuers: IssuersDocument | undefined;
  /** Where the FHIR profiles are that resources may name, and what a resource gets that names another; undefined: none is known. */
  readonly profiles: { readonly folder: string; readonly unknown: UnknownProfiles } | undefined;
  readonly service: ServiceConfig;
}
