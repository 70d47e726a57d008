import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import type { IdentityAttribute, IdentityRecord } from './identity-record';

/** A certificate that the CA issued. Serial in lower case hexadecimal without leading zeros, as a Fabric CA reports it. */
export interface CertificateRecord {
  readonly serial: string;
  readonly aki: string;
  readonly id: string;
  readonly pem: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | undefined;
  readonly reason: number;
}

export interface RevocationFilter {
  readonly revokedAfter?: Date | undefined;
  readonly revokedBefore?: Date | undefined;
  readonly expireAfter?: Date | undefined;
  readonly expireBefore?: Date | undefined;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS identities (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, affiliation TEXT NOT NULL, attributes TEXT NOT NULL, max_enrollments INTEGER NOT NULL,
    state INTEGER NOT NULL, secret_hash TEXT NOT NULL, failed_attempts INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS certificates (
    serial TEXT PRIMARY KEY, aki TEXT NOT NULL, id TEXT NOT NULL, pem TEXT NOT NULL, expires_at INTEGER NOT NULL,
    revoked_at INTEGER, reason INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE INDEX IF NOT EXISTS certificates_by_id ON certificates (id);
`;

type Row = Record<string, SQLOutputValue>;

/** What a CA remembers: identities and certificates, in one SQLite file. Every method is one atomic step. */
export class CaStore {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    // Made here because SQLite would let others read it; what it puts beside it later has the same mode.
    closeSync(openSync(file, 'a', 0o600));
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
    this.#database.exec(SCHEMA);
  }

  close(): void {
    this.#database.close();
  }

  findIdentity(id: string): IdentityRecord | undefined {
    const row = this.#database.prepare('SELECT * FROM identities WHERE id = ?').get(id);
    return row && toIdentity(row);
  }

  listIdentities(): IdentityRecord[] {
    return this.#database.prepare('SELECT * FROM identities ORDER BY id').all().map(toIdentity);
  }

  /** Adds an identity; false when there is one of that id. */
  addIdentity(identity: IdentityRecord): boolean {
    return (
      this.#change(
        'INSERT INTO identities (id, type, affiliation, attributes, max_enrollments, state, secret_hash, failed_attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        [identity.id, ...toColumns(identity), identity.state, identity.secretHash, identity.failedAttempts],
      ) === 1
    );
  }

  /** Replaces what a registrar may change; state and failed attempts stay, except that a new secret clears the latter. */
  modifyIdentity(identity: IdentityRecord): void {
    this.#change(
      `UPDATE identities SET type = ?, affiliation = ?, attributes = ?, max_enrollments = ?,
         failed_attempts = CASE WHEN secret_hash = ? THEN failed_attempts ELSE 0 END, secret_hash = ? WHERE id = ?`,
      [...toColumns(identity), identity.secretHash, identity.secretHash, identity.id],
    );
  }

  /** Removes an identity and revokes its certificates, which nobody could ask to have revoked later. */
  removeIdentity(id: string): void {
    this.#transaction(() => {
      this.#change('UPDATE certificates SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', [Date.now(), id]);
      this.#change('DELETE FROM identities WHERE id = ?', [id]);
    });
  }

  countFailedAttempt(id: string): void {
    this.#change('UPDATE identities SET failed_attempts = failed_attempts + 1 WHERE id = ?', [id]);
  }

  forgetFailedAttempts(id: string): void {
    this.#change('UPDATE identities SET failed_attempts = 0 WHERE id = ? AND failed_attempts > 0', [id]);
  }

  /** Keeps a certificate that its owner asked for with a certificate it had. */
  addCertificate(certificate: CertificateRecord): void {
    this.#change('INSERT INTO certificates (serial, aki, id, pem, expires_at) VALUES (?, ?, ?, ?, ?)', [
      certificate.serial,
      certificate.aki,
      certificate.id,
      certificate.pem,
      certificate.expiresAt.getTime(),
    ]);
  }

  /** Keeps a certificate and counts the enrolment; false, and nothing kept, when the identity has been revoked or used up meanwhile. */
  addEnrollment(certificate: CertificateRecord): boolean {
    return this.#transaction(() => {
      const counted = this.#change(
        'UPDATE identities SET state = state + 1 WHERE id = ? AND state >= 0 AND (max_enrollments = -1 OR state < max_enrollments)',
        [certificate.id],
      );
      if (counted === 1) {
        this.addCertificate(certificate);
      }
      return counted === 1;
    });
  }

  findCertificate(serial: string): CertificateRecord | undefined {
    const row = this.#database.prepare('SELECT * FROM certificates WHERE serial = ?').get(serial);
    return row && toCertificate(row);
  }

  revokeCertificate(serial: string, reason: number): void {
    this.#change('UPDATE certificates SET revoked_at = ?, reason = ? WHERE serial = ? AND revoked_at IS NULL', [
      Date.now(),
      reason,
      serial,
    ]);
  }

  /** Revokes an identity for good, with all certificates it has that are not revoked yet; returns those. */
  revokeIdentity(id: string, reason: number): CertificateRecord[] {
    return this.#transaction(() => {
      const certificates = this.#database.prepare('SELECT * FROM certificates WHERE id = ? AND revoked_at IS NULL').all(id);
      this.#change('UPDATE identities SET state = -1 WHERE id = ?', [id]);
      this.#change('UPDATE certificates SET revoked_at = ?, reason = ? WHERE id = ? AND revoked_at IS NULL', [Date.now(), reason, id]);
      return certificates.map(toCertificate);
    });
  }

  listRevoked({ revokedAfter, revokedBefore, expireAfter, expireBefore }: RevocationFilter): CertificateRecord[] {
    return this.#database
      .prepare(
        'SELECT * FROM certificates WHERE revoked_at > ? AND revoked_at < ? AND expires_at > ? AND expires_at < ? ORDER BY revoked_at, serial',
      )
      .all(after(revokedAfter), before(revokedBefore), after(expireAfter), before(expireBefore))
      .map(toCertificate);
  }

  #change(sql: string, values: readonly SQLInputValue[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes);
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function after(time: Date | undefined): number {
  return time?.getTime() ?? -1;
}

function before(time: Date | undefined): number {
  return time?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

function toColumns({ type, affiliation, attributes, maxEnrollments }: IdentityRecord): SQLInputValue[] {
  return [type, affiliation, JSON.stringify(attributes), maxEnrollments];
}

/** The columns read as text are declared so, and not null. */
function text(value: SQLOutputValue | undefined): string {
  return value as string;
}

function toIdentity(row: Row): IdentityRecord {
  return {
    id: text(row['id']),
    type: text(row['type']),
    affiliation: text(row['affiliation']),
    attributes: JSON.parse(text(row['attributes'])) as IdentityAttribute[],
    maxEnrollments: Number(row['max_enrollments']),
    state: Number(row['state']),
    secretHash: text(row['secret_hash']),
    failedAttempts: Number(row['failed_attempts']),
  };
}

function toCertificate(row: Row): CertificateRecord {
  return {
    serial: text(row['serial']),
    aki: text(row['aki']),
    id: text(row['id']),
    pem: text(row['pem']),
    expiresAt: new Date(Number(row['expires_at'])),
    revokedAt: row['revoked_at'] === null ? undefined : new Date(Number(row['revoked_at'])),
    reason: Number(row['reason']),
  };
}
