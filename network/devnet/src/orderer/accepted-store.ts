import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { asBytes } from '../proto/bytes';

/** A message that was accepted and is not yet in a block. */
export interface AcceptedMessage {
  /** Order of arrival. */
  readonly sequence: number;
  /** Hex of sha256 over nonce and creator: what ordering knows a message by. */
  readonly key: string;
  readonly isConfig: boolean;
  /** Serialized common.Envelope. */
  readonly envelope: Uint8Array;
}

/**
 * Keeps accepted messages until their block is committed, so that a killed process loses nothing it answered for.
 * Writes reach the operating system before `add` returns; they are not forced to the disk (a power cut may lose the last ones).
 */
export class AcceptedStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;

  /** file: a path, or ':memory:'. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS accepted (sequence INTEGER PRIMARY KEY, key TEXT NOT NULL, isConfig INTEGER NOT NULL, envelope BLOB NOT NULL) STRICT',
    );
    this.#insert = this.#database.prepare('INSERT INTO accepted (sequence, key, isConfig, envelope) VALUES (?, ?, ?, ?)');
    this.#delete = this.#database.prepare('DELETE FROM accepted WHERE sequence <= ?');
  }

  add(message: AcceptedMessage): void {
    this.#insert.run(message.sequence, message.key, message.isConfig ? 1 : 0, message.envelope);
  }

  /** Forgets a message and all that arrived before it. */
  forgetUpTo(sequence: number): void {
    this.#delete.run(sequence);
  }

  /** In order of arrival. */
  all(): readonly AcceptedMessage[] {
    const rows = this.#database.prepare('SELECT sequence, key, isConfig, envelope FROM accepted ORDER BY sequence').all();
    return rows.map((row) => ({
      sequence: Number(row['sequence']),
      key: String(row['key']),
      isConfig: Number(row['isConfig']) === 1,
      envelope: asBytes(row['envelope'] as Uint8Array),
    }));
  }

  close(): void {
    this.#database.close();
  }
}
