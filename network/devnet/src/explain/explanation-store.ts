import { DatabaseSync } from 'node:sqlite';

/** Keeps what was said about invalid transactions when they were judged: it cannot be found again once the state has moved on. */
export class ExplanationStore {
  readonly #database: DatabaseSync;

  /** file: a path, or ':memory:'. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS explanation (block INTEGER NOT NULL, item INTEGER NOT NULL, sentence TEXT NOT NULL, PRIMARY KEY (block, item)) STRICT',
    );
  }

  /** explanations: by index in the block. */
  keep(block: number, explanations: ReadonlyMap<number, string>): void {
    if (explanations.size === 0) return;
    const insert = this.#database.prepare('INSERT OR REPLACE INTO explanation (block, item, sentence) VALUES (?, ?, ?)');
    for (const [index, text] of explanations) insert.run(block, index, text);
  }

  find(block: number, index: number): string | undefined {
    const row = this.#database.prepare('SELECT sentence FROM explanation WHERE block = ? AND item = ?').get(block, index);
    return row === undefined ? undefined : String(row['sentence']);
  }

  close(): void {
    this.#database.close();
  }
}
